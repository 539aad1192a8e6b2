import { CircleAlert, Info, TriangleAlert } from "lucide-react";
import { classes } from "@/components/ui/classes";

const tones = {
  info: { box: "bg-accent-soft", icon: "text-accent", Icon: Info },
  warning: { box: "bg-warn-soft", icon: "text-warn", Icon: TriangleAlert },
  error: { box: "bg-danger-soft", icon: "text-danger", Icon: CircleAlert },
} as const;

interface NoticeProps {
  tone?: keyof typeof tones;
  title: string;
  children?: React.ReactNode;
  action?: React.ReactNode;
  className?: string;
}

/** Something to know before going on, in the place it belongs to. Errors are read out at once. */
export function Notice({ tone = "info", title, children, action, className }: NoticeProps) {
  const { box, icon, Icon } = tones[tone];
  return (
    <div
      role={tone === "error" ? "alert" : "status"}
      className={classes("flex items-start gap-3 rounded-xl px-4 py-3 text-sm", box, className)}
    >
      <Icon aria-hidden className={classes("mt-0.5 size-4.5 shrink-0", icon)} />
      <div className="min-w-0 flex-1">
        <p className="font-medium">{title}</p>
        {children && <div className="mt-0.5 text-soft">{children}</div>}
        {action && <div className="mt-3">{action}</div>}
      </div>
    </div>
  );
}
