/** The run of the line that is pointed at, with all its values. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { inkOf, type Scene } from "./scene";
import { nameOf, valueText } from "./text";

interface Props {
  scene: Scene;
  line: number;
  /** Where the pointer is in the window. */
  at: { x: number; y: number };
}

/** Beside the pointer, so that it covers neither it nor the line. */
const ASIDE = 16;

export function Tip({ scene, line, at }: Props) {
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const own = element.current!;
    const { width, height } = own.getBoundingClientRect();
    const right = at.x + ASIDE + width < innerWidth - 4;
    own.style.left = `${right ? at.x + ASIDE : Math.max(4, at.x - ASIDE - width)}px`;
    own.style.top = `${Math.max(4, Math.min(at.y + ASIDE, innerHeight - height - 4))}px`;
  });
  return (
    <div class="chart-tip parallel-tip" ref={element} aria-hidden="true">
      <div class="who strong">
        <span class="chip" style={{ background: inkOf(scene, line).colour }} />
        <span class="cut">{scene.lines[line]!.label}</span>
      </div>
      <div class="rows">
        {scene.axes.map((axis) => (
          <div key={axis.id} class="row">
            <span class="cut dim">{nameOf(axis)}</span>
            <span class="num cut">{valueText(axis.values[line]!)}</span>
          </div>
        ))}
      </div>
    </div>
  );
}
