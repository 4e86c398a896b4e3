/** Keeps an experiment at hand in the rail, or no longer. */
import { catalogue } from "../base/language";
import { pin } from "../base/pin";

const words = catalogue({
  en: { pin: (name: string) => `Pin ${name}` },
  fr: { pin: (name: string) => `Épingler ${name}` },
});

export function PinButton({ name, on }: { name: string; on: boolean }) {
  return (
    <button
      type="button"
      class="button quiet pin"
      aria-pressed={on}
      aria-label={words().pin(name)}
      title={words().pin(name)}
      onClick={() => pin(name, !on)}
    >
      <span aria-hidden="true">{on ? "★" : "☆"}</span>
    </button>
  );
}
