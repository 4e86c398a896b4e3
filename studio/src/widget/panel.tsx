/** One chart in its frame: its name, what it stands for, and the ways there are to show it. */
import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { fitting } from "../charts/fitting";
import type { Found } from "../charts/found";
import type { Handle, Surroundings } from "../charts/kind";
import { Screen } from "../charts/screen";
import { ScreenContext } from "../charts/screen-context";
import { useSource } from "../charts/source";
import { useSeen } from "../charts/width";
import { chartWords } from "../charts/words";
import { KINDS } from "./kinds";
import { widgetWords } from "./words";

const HEIGHT = 152;

export type Shared = Surroundings;

function useHandle(): Handle {
  const note = useSignal("");
  return useMemo(() => ({ note, canvas: null, scene: null, table: null }), []);
}

/** Each asks for itself, so that one which the kernel has no time for holds up no other. */
function useScreen(): Screen {
  const source = useSource();
  return useMemo(() => new Screen(source), [source]);
}

export function Panel({ metric, ...shared }: Shared & { metric: Found }) {
  const frame = useRef<HTMLElement>(null);
  const seen = useSeen(frame);
  const handle = useHandle();
  const screen = useScreen();
  const [form, choose] = useState<string | null>(null);
  const [was, see] = useState(false);
  useEffect(() => {
    if (seen) see(true);
  }, [seen]);
  const kinds = fitting(KINDS, metric, 1);
  const kind = kinds.find((each) => each.form === form) ?? kinds[0]!;
  const { Body } = kind;
  const { name } = metric;
  const table = kinds.find((each) => each.form === "table");
  const actions = table && table !== kind ? { table: () => choose("table") } : {};
  return (
    <figure class={kind.small ? "chart panel small" : "chart panel"} ref={frame} data-panel={name}>
      <figcaption>
        <span class="chart-title cut" title={name}>
          {name}
        </span>
        <span class="chart-note cut dim" title={handle.note.value}>
          {handle.note.value}
        </span>
        {!kind.small && kinds.length > 1 && (
          <span class="forms">
            <span aria-hidden="true">⋯</span>
            <select
              aria-label={widgetWords().shownAs(name)}
              value={kind.form}
              onChange={(event) => choose(event.currentTarget.value)}
            >
              {kinds.map((each) => (
                <option key={each.form} value={each.form}>
                  {chartWords().forms[each.form] ?? each.form}
                </option>
              ))}
            </select>
          </span>
        )}
      </figcaption>
      <div class="chart-body" style={kind.small ? undefined : { height: `${HEIGHT}px` }}>
        {(was || seen) && (
          <ScreenContext.Provider value={screen}>
            <Body
              key={kind.form}
              {...shared}
              metric={metric}
              title={name}
              spec={null}
              choice={{}}
              seen={seen}
              height={HEIGHT}
              handle={handle}
              actions={actions}
            />
          </ScreenContext.Provider>
        )}
      </div>
    </figure>
  );
}
