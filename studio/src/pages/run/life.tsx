/** How the life of a run went: each status with its time and how long it lasted, as a line of bars. */
import { ENDED, type Run } from "../../api/run";
import { clock, duration } from "../../base/number";
import { useNow } from "../../ui/moment";
import { said } from "../../ui/run-said";
import { Status } from "../../ui/status";

export function Life({ run }: { run: Run }) {
  const present = useNow(!ENDED.has(run.status));
  const steps = run.history.map((step, index) => {
    const next = run.history[index + 1]?.at ?? (ENDED.has(step.status) ? step.at : present);
    return { ...step, length: Math.max(0, next - step.at) };
  });
  const whole = Math.max(1e-9, ...steps.map((step) => step.length));
  return (
    <table class="plain life">
      <tbody>
        {steps.map((step, index) => (
          <tr key={index}>
            <td>
              <Status status={step.status} />
            </td>
            <td class="dim">{clock(step.at)}</td>
            <td class="num">{step.length > 0 ? duration(step.length) : ""}</td>
            <td class="bars" aria-hidden="true">
              <span style={{ width: `${(100 * step.length) / whole}%` }} />
            </td>
            <td class="dim reason" title={said(step.reason)}>
              {said(step.reason)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
