import { ChevronDown } from "lucide-react";
import { useId } from "react";

interface SelectFieldProps extends Omit<React.ComponentProps<"select">, "id" | "className" | "children"> {
  label: string;
  options: readonly { readonly value: string | number; readonly label: string }[];
}

/** A labelled choice of a few, as the platform shows it. */
export function SelectField({ label, options, ...select }: SelectFieldProps) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="font-medium text-sm">
        {label}
      </label>
      <div className="relative">
        <select
          {...select}
          id={id}
          className="h-11 w-full cursor-pointer appearance-none rounded-xl border border-edge bg-surface px-3.5 pe-10 text-base text-ink outline-none transition-colors hover:border-soft focus:border-accent focus:ring-3 focus:ring-accent/20 sm:text-[0.9375rem]"
        >
          {options.map(({ value, label: text }) => (
            <option key={value} value={value} className="bg-raised">
              {text}
            </option>
          ))}
        </select>
        <ChevronDown
          aria-hidden
          className="pointer-events-none absolute top-1/2 end-3.5 size-4 -translate-y-1/2 text-faint"
        />
      </div>
    </div>
  );
}
