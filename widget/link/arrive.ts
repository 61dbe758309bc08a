/** What a tab keeps of somebody who came by a link. */

/** The chat keeps to sessionStorage in a tab that has this entry there (`src/store.ts`). */
const own = (site: string) => `hinny:${site}`;
const pass = (site: string) => `hinny:${site}:token`;

/**
 * The token of this visit: the one that came with the link, or, after a reload, the one that came before.
 * A new one begins anew: what another person left in this tab, said or unsaid, is not theirs.
 */
export function arrive(site: string, token: string | null, storage: Pick<Storage, "getItem" | "setItem"> | null): string | null {
  try {
    if (!token) return storage?.getItem(pass(site)) ?? null;
    if (storage?.getItem(pass(site)) !== token) storage?.setItem(own(site), "{}");
    storage?.setItem(pass(site), token);
  } catch {
    // A full storage: the token lasts as long as the page.
  }
  return token;
}
