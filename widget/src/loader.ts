/** What runs when the script tag loads: it reads the tag, and leaves `hinny` on the page and nothing else. */

import { boot } from "./boot";

const { src, dataset } = document.currentScript as HTMLScriptElement;
boot({ server: new URL(src).origin, site: dataset.site ?? "", preload: "preload" in dataset, inside: dataset.inline });
