/** Holds a page; if it breaks, says so instead of leaving nothing. */
import { Component, type ComponentChildren } from "preact";
import { shellWords } from "./words";

interface Props {
  children?: ComponentChildren;
  failed?: unknown;
}

export class Guarded extends Component<Props, { error: unknown }> {
  override state = { error: null as unknown };

  override componentDidCatch(error: unknown): void {
    console.error(error);
    this.setState({ error });
  }

  override render() {
    const error = this.props.failed ?? this.state.error;
    if (!error) return this.props.children;
    return (
      <div class="page">
        <div class="empty" role="alert">
          <h2>{shellWords().broken}</h2>
          <pre>{String(error)}</pre>
        </div>
      </div>
    );
  }
}
