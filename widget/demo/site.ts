/** The demo's website: a click on an example question asks it in the chat. */

type Hinny = ((...call: unknown[]) => void) & { q?: unknown[][] };

const page = window as unknown as { hinny?: Hinny };

/** The script tag is async: until it has run, calls wait in a queue that it empties. */
function ask(question: string): void {
  const queue: unknown[][] = [];
  page.hinny ??= Object.assign((...call: unknown[]) => void queue.push(call), { q: queue });
  page.hinny("ask", question);
}

for (const button of document.querySelectorAll<HTMLButtonElement>(".ask button")) {
  button.onclick = () => ask(button.textContent ?? "");
}
