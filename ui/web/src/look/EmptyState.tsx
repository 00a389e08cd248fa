import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

interface EmptyStateProps {
  icon: LucideIcon;
  title: ReactNode;
  /** It is all that the page says, so its title is that of the page. */
  isPage?: boolean;
  /** What would stand here, and how it gets here. */
  children?: ReactNode;
  action?: ReactNode;
}

export function EmptyState({ icon: Icon, title, isPage, children, action }: EmptyStateProps) {
  const Title = isPage ? "h1" : "h2";
  return (
    <div className="flex flex-col items-center gap-3 px-6 py-14 text-center">
      <span className="inline-flex size-11 items-center justify-center rounded-xl border bg-raised text-muted shadow-raised">
        <Icon aria-hidden className="size-5" />
      </span>
      <div className="max-w-md">
        <Title className="font-semibold text-base">{title}</Title>
        {children && <div className="mt-1 text-balance text-muted">{children}</div>}
      </div>
      {action && <div className="flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}
