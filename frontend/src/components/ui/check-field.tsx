import { Check } from "lucide-react";
import { useId } from "react";

interface CheckFieldProps extends Omit<React.ComponentProps<"input">, "id" | "type" | "className"> {
  label: string;
  description?: string;
}

/** A tick box with its label, and what ticking it means. */
export function CheckField({ label, description, ...input }: CheckFieldProps) {
  const id = useId();
  return (
    <div className="flex items-start gap-3">
      <span className="mt-0.5 grid size-5 shrink-0 *:col-start-1 *:row-start-1">
        <input
          {...input}
          id={id}
          type="checkbox"
          {...(description && { "aria-describedby": `${id}-description` })}
          className="peer size-5 cursor-pointer appearance-none rounded-md border-[1.5px] border-edge bg-surface transition-colors checked:border-accent checked:bg-accent hover:border-soft disabled:cursor-not-allowed disabled:opacity-55"
        />
        <Check
          aria-hidden
          strokeWidth={3}
          className="pointer-events-none size-3.5 place-self-center text-on-accent opacity-0 peer-checked:opacity-100"
        />
      </span>
      <div className="min-w-0">
        <label htmlFor={id} className="cursor-pointer font-medium text-sm">
          {label}
        </label>
        {description && (
          <p id={`${id}-description`} className="text-faint text-sm">
            {description}
          </p>
        )}
      </div>
    </div>
  );
}
