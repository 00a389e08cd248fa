/** The mark of Backdraft: two boxes and a line. */
export function Mark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" className={className} aria-hidden="true">
      <rect width="32" height="32" rx="8" className="fill-ink" />
      <g
        fill="none"
        className="stroke-inverse"
        strokeWidth="2.4"
        strokeLinecap="round"
        strokeLinejoin="round"
      >
        <rect x="6" y="6.5" width="9" height="7" rx="2" />
        <rect x="17" y="18.5" width="9" height="7" rx="2" />
        <path d="M10.5 13.5V18.5a3.5 3.5 0 0 0 3.5 3.5h3" />
      </g>
    </svg>
  );
}
