/** The canvas: what is drawn, as boxes and lines that can be changed. A chunk of its own, loaded with the first project. */

export interface CanvasProps {
  /** The project's name. */
  project: string;
}

export default function Canvas({ project }: CanvasProps) {
  return <div className="p-6">{project}</div>;
}
