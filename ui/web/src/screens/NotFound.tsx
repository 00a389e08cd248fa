import { Compass } from "lucide-react";
import { Link } from "wouter";
import { buttonLook, EmptyState } from "@/look";

export function NotFound({ what = "page" }: { what?: string }) {
  return (
    <EmptyState
      isPage
      icon={Compass}
      title={`There is no such ${what}, or you may not see it`}
      action={
        <Link href="/" className={buttonLook()}>
          All projects
        </Link>
      }
    >
      Check the address. If somebody sent it to you, ask whether you are a member of the project.
    </EmptyState>
  );
}
