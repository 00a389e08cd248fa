/** Start, stop and restart, as they are asked for; the stream tells what comes of it. */
import { api, body } from "@/api";
import { toast, toastFault } from "@/look";

export type Operation = "start" | "stop" | "restart";
const DONE: Record<Operation, string> = {
  start: "is being started",
  stop: "is being stopped",
  restart: "is restarted, one replica after another",
};

export async function operate(project: string, component: string, operation: Operation): Promise<void> {
  const params = { path: { project, component } };
  try {
    if (operation === "start")
      await body(api.POST("/api/v1/projects/{project}/components/{component}/start", { params }));
    else if (operation === "stop")
      await body(api.POST("/api/v1/projects/{project}/components/{component}/stop", { params }));
    else await body(api.POST("/api/v1/projects/{project}/components/{component}/restart", { params }));
    toast(`${component} ${DONE[operation]}.`);
  } catch (error) {
    toastFault(error);
  }
}
