/** What runs when the script tag loads: it reads the tag, and leaves `hinny` on the page and nothing else. */

import { boot } from "./boot";

const { src, dataset, isConnected } = document.currentScript as HTMLScriptElement;
// A tag that was taken away before its script arrived is not wanted any more.
if (isConnected) boot({ server: new URL(src).origin, site: dataset.site ?? "", preload: "preload" in dataset, inside: dataset.inline, language: dataset.language });
