interface EmptyStateProps {
  icon: React.ReactNode;
  title: string;
  /** The heading's level where it stands. */
  level?: 1 | 2;
  children: React.ReactNode;
  action?: React.ReactNode;
}

/** Says why there is nothing here, and what to do. */
export function EmptyState({ icon, title, level = 2, children, action }: EmptyStateProps) {
  const Heading = level === 1 ? "h1" : "h2";
  return (
    <div className="flex animate-rise flex-col items-center px-6 py-14 text-center">
      <div className="mb-5 grid size-16 place-items-center rounded-3xl bg-accent-soft text-accent [&_svg]:size-7">
        {icon}
      </div>
      <Heading className="font-semibold text-lg tracking-tight">{title}</Heading>
      <div className="mt-1.5 max-w-md text-pretty text-soft">{children}</div>
      {action && <div className="mt-6">{action}</div>}
    </div>
  );
}
