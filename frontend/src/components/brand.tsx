/** The mark: a line that has been written and ticked. The same drawing is in `src/app/icon.svg`. */
export function Mark({ className = "size-7" }: { className?: string }) {
  return (
    <svg aria-hidden="true" viewBox="0 0 32 32" className={className}>
      <rect width="32" height="32" rx="9" className="fill-accent" />
      <g fill="none" strokeLinecap="round" strokeLinejoin="round" className="stroke-on-accent">
        <path d="M9.5 14.6l4.4 4.4 8.8-9.6" strokeWidth="3" />
        <path d="M9.5 24h13" strokeWidth="2.2" opacity=".55" />
      </g>
    </svg>
  );
}

export function Wordmark() {
  return (
    <span className="inline-flex items-center gap-2.5">
      <Mark />
      <span className="font-semibold text-[1.0625rem] tracking-tight">Daybook</span>
    </span>
  );
}
