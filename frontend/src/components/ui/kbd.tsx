export function Kbd({ children }: { children: string }) {
  return (
    <kbd className="rounded-md border border-edge/50 bg-surface px-1.5 py-0.5 font-medium font-sans text-[0.8em] text-ink">
      {children}
    </kbd>
  );
}
