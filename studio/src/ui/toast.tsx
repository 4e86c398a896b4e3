/** Short words about what was done; errors are alerts and stay longer. */
import { signal } from "@preact/signals";
import { Failure } from "../api/failure";
import { failureText } from "./failure";

interface Toast {
  id: number;
  text: string;
  bad: boolean;
}

const toasts = signal<readonly Toast[]>([]);
let next = 0;

export function say(text: string, bad = false): void {
  const toast = { id: next++, text, bad };
  toasts.value = [...toasts.value.slice(-3), toast];
  setTimeout(
    () => {
      toasts.value = toasts.value.filter((each) => each !== toast);
    },
    bad ? 10_000 : 4_000,
  );
}

/** Do something and say what went wrong, if it does; gives what came of it, or undefined. */
export async function attempt<Found>(work: () => Promise<Found>): Promise<Found | undefined> {
  try {
    return await work();
  } catch (error) {
    say(error instanceof Failure ? [failureText(error), error.hint].filter(Boolean).join(" ") : String(error), true);
    return undefined;
  }
}

export function Toasts() {
  return (
    <div class="toasts">
      <div role="status" aria-live="polite">
        {toasts.value
          .filter((each) => !each.bad)
          .map((each) => (
            <div key={each.id} class="toast">
              {each.text}
            </div>
          ))}
      </div>
      <div role="alert">
        {toasts.value
          .filter((each) => each.bad)
          .map((each) => (
            <div key={each.id} class="toast">
              {each.text}
            </div>
          ))}
      </div>
    </div>
  );
}
