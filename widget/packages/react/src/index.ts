"use client";

/** `@hinny/react`: the chat as a component, and a hook for everything around it. */

import { type Attributes, type Events, hinny, type Identity, type Listener, type Options, start } from "@hinny/widget";
import { createElement, type CSSProperties, type ReactElement, useEffect, useRef, useState } from "react";

export { type Attributes, type Events, hinny, type Identity, type Message, type Problem } from "@hinny/widget";

export interface HinnyChatProps extends Omit<Options, "inline"> {
  /** The chat stands open where the component stands, and fills it. */
  inline?: boolean | undefined;
  /** Of the element around an inline chat. */
  className?: string | undefined;
  style?: CSSProperties | undefined;
  /** A token that your server signed, or a function that fetches one. From a token to null signs the visitor out. */
  identity?: Identity | undefined;
  context?: Attributes | undefined;
  onReady?: Listener<"ready"> | undefined;
  onOpen?: Listener<"open"> | undefined;
  onClose?: Listener<"close"> | undefined;
  onMessage?: Listener<"message"> | undefined;
  onUnread?: Listener<"unread"> | undefined;
  onError?: Listener<"error"> | undefined;
}

/** The chat, as long as the component is there. A page has one. */
export function HinnyChat(props: HinnyChatProps): ReactElement | null {
  const { server, site, inline = false, preload, nonce, className, style } = props;
  const place = useRef<HTMLDivElement>(null);
  useEffect(
    () => start({ server, site, preload, nonce, inline: place.current ?? undefined }),
    [server, site, inline, preload, nonce],
  );
  useIdentity(props.identity, `${server} ${site} ${inline}`);
  useContext(props.context, `${server} ${site} ${inline}`);
  useListeners(props);
  return inline ? createElement("div", { ref: place, className, style }) : null;
}

/** Says who the visitor is, to each chat anew. Nobody is signed out who was not signed in by us. */
function useIdentity(identity: Identity | undefined, chat: string): void {
  const latest = useRef(identity);
  latest.current = identity;
  const signed = useRef(false);
  // A function is another one with every render; it is always the newest that is asked.
  const what = typeof identity === "function" ? "function" : (identity ?? null);
  useEffect(() => {
    if (what !== null) hinny("identify", typeof latest.current === "function" ? () => fetched(latest.current) : what);
    else if (signed.current) hinny("identify", null);
    signed.current = what !== null;
  }, [what, chat]);
}

function fetched(identity: Identity | undefined): string | null | Promise<string | null> {
  return typeof identity === "function" ? identity() : (identity ?? null);
}

function useContext(context: Attributes | undefined, chat: string): void {
  const words = context && JSON.stringify(context);
  useEffect(() => {
    if (words) hinny("context", JSON.parse(words) as Attributes);
  }, [words, chat]);
}

const HANDLERS = { ready: "onReady", open: "onOpen", close: "onClose", message: "onMessage", unread: "onUnread", error: "onError" } as const;

function useListeners(props: HinnyChatProps): void {
  const latest = useRef(props);
  latest.current = props;
  const wanted = (Object.keys(HANDLERS) as (keyof Events)[]).filter((event) => props[HANDLERS[event]]).join();
  useEffect(() => {
    const call = (event: keyof Events, told: unknown[]) => (latest.current[HANDLERS[event]] as ((...told: unknown[]) => void) | undefined)?.(...told);
    const events = wanted ? (wanted.split(",") as (keyof Events)[]) : [];
    const ends = events.map((event) => hinny("on", event, (...told) => call(event, told)));
    return () => ends.forEach((end) => end());
  }, [wanted]);
}

export interface Chat {
  /** The chat has been fetched: from now on it opens at once. */
  ready: boolean;
  isOpen: boolean;
  /** How many messages the visitor has not seen. */
  unread: number;
  open(): void;
  close(): void;
  /** Opens the chat and says this in the visitor's name. */
  ask(text: string): void;
}

const acts = {
  open: () => hinny("open"),
  close: () => hinny("close"),
  ask: (text: string) => hinny("ask", text),
};

/** The chat's state and what can be done with it, anywhere on the page. */
export function useHinny(): Chat {
  const [state, setState] = useState({ ready: false, isOpen: false, unread: 0 });
  useEffect(() => {
    const change = (what: Partial<typeof state>) => setState((before) => ({ ...before, ...what }));
    const ends = [
      hinny("on", "ready", () => change({ ready: true })),
      hinny("on", "open", () => change({ isOpen: true })),
      hinny("on", "close", () => change({ isOpen: false })),
      hinny("on", "unread", (unread) => change({ unread })),
    ];
    return () => ends.forEach((end) => end());
  }, []);
  return { ...state, ...acts };
}
