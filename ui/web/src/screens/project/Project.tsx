import { lazy, Suspense } from "react";
import { Shell } from "@/app/Shell";
import { Waiting } from "@/look";

const Canvas = lazy(() => import("@/canvas"));

export function Project({ name }: { name: string }) {
  return (
    <Shell place={<span className="truncate font-medium">{name}</span>}>
      <Suspense fallback={<Waiting what="Loading the canvas" className="h-full" />}>
        <Canvas project={name} />
      </Suspense>
    </Shell>
  );
}
