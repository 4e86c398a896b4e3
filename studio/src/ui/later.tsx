/** A component whose code is loaded when it is first shown. */
import type { ComponentChild, ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { attempt } from "./toast";

export function Later<Props extends object>({
  load,
  with: props,
  until = null,
}: {
  load: () => Promise<{ default: ComponentType<Props> }>;
  with: Props;
  /** What stands there until then. */
  until?: ComponentChild;
}) {
  const [Loaded, setLoaded] = useState<ComponentType<Props> | null>(null);
  useEffect(() => {
    attempt(load).then((module) => module && setLoaded(() => module.default));
  }, [load]);
  return Loaded ? <Loaded {...props} /> : until;
}
