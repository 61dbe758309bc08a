/**
 * What a visitor reads: the sentences of one language, from a pack in `words/`, and how names and numbers get into them.
 *
 * A pack is set once before anything is shown, by the chat and again by each part that is loaded later, which has its
 * own copy of this file. No sentence stands in the code.
 */

import type en from "../words/en.json";
import type { Block } from "./wire";

/** All packs have the same keys; English says which. */
export type Words = { [Key in keyof typeof en]: (typeof en)[Key] extends string ? string : Forms } & Own;

/** What a site may say beside them. */
interface Own {
  greeting?: string;
  /** What its visitors agree to before they write. */
  consent?: Block[];
}

/** A sentence for each way in which the language counts; a form that is missing reads like `other`. */
export type Forms = { [Rule in Intl.LDMLPluralRule]?: string } & { other: string };

export let words = {} as Words;
/** The visitor's own way of writing times and numbers, such as `de-AT`. */
export let locale = "en";

export function speak(pack: Words, tag: string): void {
  words = pack;
  locale = tag;
}

/** The browser's own way of writing a language, such as `de-AT`, where it has one. */
export function localeOf(language: string): string {
  return navigator.languages.find((tag) => tag.split("-")[0] === language) ?? language;
}

/** A sentence with values in place of their names. In a right-to-left sentence each value keeps its own direction. */
export function say(sentence: string, values: Record<string, string | number>): string {
  return sentence.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name] ?? "";
    return words.dir === "rtl" ? `\u2068${value}\u2069` : String(value);
  });
}

/** The sentence for so many. */
export function count(forms: Forms, n: number): string {
  const form = forms[new Intl.PluralRules(locale).select(n)] ?? forms.other;
  return say(form, { n: new Intl.NumberFormat(locale).format(n) });
}

/** The time of day. */
export function clock(at: number): string {
  return new Date(at).toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });
}

/** A number of bytes, as people say it. */
export function weight(bytes: number): string {
  const [value, unit, maximumFractionDigits] = bytes < 1e6 ? [Math.ceil(bytes / 1e3), "kilobyte", 0] : [bytes / 1e6, "megabyte", 1];
  return new Intl.NumberFormat(locale, { style: "unit", unit, maximumFractionDigits }).format(value as number);
}

/** A sentence that comes with the first part only. Its name is put together here, so the server leaves it out of the chat. */
export function late(name: string): string | undefined {
  return words[name as "failed"];
}

/** Why something was not done, by the server's code; its own sentences are for people who write programs. */
export function why(error: string): string {
  return late("why_" + error) ?? words.failed;
}
