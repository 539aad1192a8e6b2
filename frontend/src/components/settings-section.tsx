import { useId } from "react";

interface SettingsSectionProps {
  title: string;
  description: string;
  children: React.ReactNode;
}

/** One card of the settings page. */
export function SettingsSection({ title, description, children }: SettingsSectionProps) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="rounded-2xl border bg-surface p-5 shadow-card sm:p-6">
      <h2 id={id} className="font-semibold">
        {title}
      </h2>
      <p className="mt-0.5 text-pretty text-soft text-sm">{description}</p>
      <div className="mt-5">{children}</div>
    </section>
  );
}
