/** The demo's frame: signs the desk in by a one-time link from the server, and on narrow screens shows one side at a time. */

import { fits, parse } from "../src/wire";

/** After a reload the session of before goes on, with the name the agent chose. */
async function openDesk(frame: HTMLIFrameElement): Promise<void> {
  const session = await fetch("/desk/api/me", { cache: "no-store" });
  if (session.ok) return void (frame.src = "/desk");
  const answer = await fetch("/demo/login", { cache: "no-store" });
  const body = parse(await answer.text());
  const login = fits(body, { login: "string" }) ? (body as { login: string }).login : null;
  frame.src = login ? `/desk#login=${encodeURIComponent(login)}` : "/desk";
}

function show(side: string): void {
  document.body.dataset.side = side;
  for (const button of document.querySelectorAll<HTMLButtonElement>("nav button")) {
    button.setAttribute("aria-pressed", String(button.dataset.side === side));
  }
}

for (const button of document.querySelectorAll<HTMLButtonElement>("nav button")) {
  button.onclick = () => show(button.dataset.side ?? "visitor");
}

const desk = document.querySelector<HTMLIFrameElement>('iframe[data-side="team"]');
// Without an answer the desk itself says what is wrong, so it is shown in any case.
if (desk) openDesk(desk).catch(() => (desk.src = "/desk"));
