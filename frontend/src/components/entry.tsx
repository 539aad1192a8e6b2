interface EntryProps {
  icon: React.ReactNode;
  title: React.ReactNode;
  children: React.ReactNode;
  /** What can be done with it. */
  action?: React.ReactNode;
  /** What that asks for, or why it failed. */
  below?: React.ReactNode;
}

/** One line of a list in the settings: what it is, what is known of it, what can be done. */
export function Entry({ icon, title, children, action, below }: EntryProps) {
  return (
    <li className="py-4 first:pt-0 last:pb-0">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1 sm:flex-nowrap">
        <span className="grid size-10 shrink-0 place-items-center rounded-xl bg-sunken text-soft [&_svg]:size-5">
          {icon}
        </span>
        <div className="min-w-0 flex-1 basis-52">
          <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1 font-medium [overflow-wrap:anywhere]">
            {title}
          </div>
          <div className="mt-0.5 text-pretty text-faint text-sm [overflow-wrap:anywhere]">{children}</div>
        </div>
        {/* On a narrow screen below the text, in line with it. */}
        {action && <div className="-mb-2 ms-10 flex shrink-0 sm:mb-0 sm:ms-0">{action}</div>}
      </div>
      {below && <div className="mt-4">{below}</div>}
    </li>
  );
}

/** Labels such as “This device”. */
export function Badge({
  children,
  tone = "accent",
}: {
  children: string;
  tone?: "accent" | "warn" | "quiet";
}) {
  const tones = {
    accent: "bg-accent-soft text-accent",
    warn: "bg-warn-soft text-warn",
    quiet: "bg-sunken text-soft",
  };
  return (
    <span className={`inline-flex h-6 items-center rounded-full px-2.5 font-medium text-xs ${tones[tone]}`}>
      {children}
    </span>
  );
}
