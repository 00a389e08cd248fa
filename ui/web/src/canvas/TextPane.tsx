import { useBoard, useDocument } from "./context";

export default function TextPane() {
  const { document } = useBoard();
  const text = useDocument((state) => state.text);
  return (
    <textarea
      aria-label="YAML"
      className="w-96 border-l bg-raised p-3 font-mono text-xs"
      value={text}
      onChange={(event) => document.setText(event.target.value, "Edit the text", "text")}
    />
  );
}
