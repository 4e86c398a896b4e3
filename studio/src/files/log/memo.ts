/** A component that is drawn anew only if one of its properties is another. */
import { Component, type ComponentType, h } from "preact";

export function memo<Props extends object>(Drawn: ComponentType<Props>): ComponentType<Props> {
  return class Memo extends Component<Props> {
    override shouldComponentUpdate(next: Readonly<Props>): boolean {
      const names = Object.keys(next) as (keyof Props)[];
      return names.some((name) => next[name] !== (this.props as Props)[name]);
    }

    override render() {
      return h(Drawn, this.props as Props);
    }
  };
}
