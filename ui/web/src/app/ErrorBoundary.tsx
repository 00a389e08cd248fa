import { Component, type ReactNode } from "react";
import { Banner, Button } from "@/look";

interface ErrorBoundaryProps {
  /** Another value shows the content anew, such as the address. */
  resetBy: string;
  children: ReactNode;
}

/** A fault in drawing the page stays where it is: the rest of it works on, and what was typed elsewhere is kept. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, { error: Error | null }> {
  override state = { error: null as Error | null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override componentDidUpdate(before: ErrorBoundaryProps) {
    if (this.state.error && before.resetBy !== this.props.resetBy) this.setState({ error: null });
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <div className="mx-auto flex max-w-xl flex-col gap-3 px-6 py-14">
        <Banner tone="bad" title="This part of the page broke">
          {error.message}
        </Banner>
        <p className="text-muted">
          What you saved is safe: it is on the server. Show it again; if it breaks again, load the page anew.
        </p>
        <div className="flex gap-2">
          <Button kind="primary" onClick={() => this.setState({ error: null })}>
            Show it again
          </Button>
          <Button onClick={() => location.reload()}>Load the page anew</Button>
        </div>
      </div>
    );
  }
}
