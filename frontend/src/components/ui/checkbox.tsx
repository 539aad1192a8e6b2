import { Check } from "lucide-react";
import { classes } from "@/components/ui/classes";

interface CheckboxProps extends Omit<React.ComponentProps<"input">, "type" | "className" | "onChange"> {
  onChange: (checked: boolean) => void;
  /** Colours the empty circle. */
  tone?: string;
  /** Round ones tick off, square ones select. */
  shape?: "round" | "square";
}

/** A round tick box without a visible label: `aria-label` names it. The target is larger than the circle. */
export function Checkbox({ onChange, tone = "border-edge", shape = "round", ...input }: CheckboxProps) {
  return (
    <span className="grid size-10 shrink-0 place-items-center *:col-start-1 *:row-start-1">
      <input
        {...input}
        type="checkbox"
        onChange={(event) => onChange(event.target.checked)}
        className="peer size-10 cursor-pointer appearance-none rounded-full outline-none"
      />
      <span
        aria-hidden
        className={classes(
          "pointer-events-none grid size-5.5 place-items-center border-[1.75px] text-transparent transition-colors duration-150 peer-checked:border-accent peer-checked:bg-accent peer-checked:text-on-accent peer-hover:not-peer-checked:bg-accent-soft peer-focus-visible:outline-2 peer-focus-visible:outline-accent peer-focus-visible:outline-offset-2",
          shape === "round" ? "rounded-full" : "rounded-md",
          tone,
        )}
      >
        <Check strokeWidth={3} className="size-3.5" />
      </span>
    </span>
  );
}
