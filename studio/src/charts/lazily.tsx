/** A component whose code comes when it is first shown; its room is kept until then. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { attempt } from "../ui/toast";

export function lazily<Props extends { height: number }>(
  load: () => Promise<ComponentType<Props>>,
): ComponentType<Props> {
  let loaded: ComponentType<Props> | null = null;
  return function Lazy(props: Props) {
    const [, show] = useState(loaded !== null);
    useEffect(() => {
      if (loaded) return;
      void attempt(async () => {
        loaded = await load();
        show(true);
      });
    }, []);
    const Found = loaded;
    return Found ? <Found {...props} /> : <div style={{ height: `${props.height}px` }} />;
  };
}
