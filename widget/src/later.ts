/**
 * The sentences of what is loaded at some moments, in all languages: few enough to come with it. A site's own sentence
 * for one of their keys, which comes with the chat's pack, takes its place.
 */

import packs from "later:words";
import type en from "../words-later/en.json";
import { type Forms, speak, type Words } from "./words";

export type Later = { [Key in keyof typeof en]: (typeof en)[Key] extends string ? string : Forms };

export let later = packs.en as Later;

export function speakLater(words: Words, tag: string): void {
  speak(words, tag);
  const mine = packs[tag.split("-")[0]!.toLowerCase()] ?? packs.en;
  later = { ...(mine as Later), ...(words as Partial<Later>) };
}
