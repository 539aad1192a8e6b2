import { classes } from "@/components/ui/classes";
import { Spinner } from "@/components/ui/spinner";

const base =
  "relative inline-flex shrink-0 cursor-pointer select-none items-center justify-center gap-2 rounded-xl font-medium transition-[background-color,border-color,color,scale] duration-150 active:scale-[0.98] disabled:cursor-not-allowed disabled:opacity-55";

const variants = {
  primary: "bg-accent text-on-accent shadow-card hover:bg-accent-strong",
  secondary: "border border-edge bg-surface text-ink hover:border-soft hover:bg-sunken",
  ghost: "text-soft hover:bg-sunken hover:text-ink",
  danger: "bg-danger text-on-accent hover:opacity-90",
} as const;

const sizes = {
  medium: "h-10 px-4",
  large: "h-12 px-5 text-base",
  icon: "size-10",
} as const;

export interface ButtonProps extends React.ComponentProps<"button"> {
  variant?: keyof typeof variants;
  size?: keyof typeof sizes;
  /** Busy with what it was pressed for: it keeps the focus and does nothing until that is done. */
  isPending?: boolean;
}

export function Button(props: ButtonProps) {
  const {
    variant = "secondary",
    size = "medium",
    isPending = false,
    className,
    children,
    onClick,
    ...rest
  } = props;
  const press = (event: React.MouseEvent<HTMLButtonElement>) => {
    if (isPending) event.preventDefault();
    else onClick?.(event);
  };
  return (
    <button
      type="button"
      {...rest}
      onClick={press}
      {...(isPending && { "aria-disabled": true, "aria-busy": true })}
      className={classes(base, variants[variant], sizes[size], className)}
    >
      <span className={classes("inline-flex items-center gap-2", isPending && "opacity-0")}>{children}</span>
      {isPending && <Spinner className="absolute" />}
    </button>
  );
}
