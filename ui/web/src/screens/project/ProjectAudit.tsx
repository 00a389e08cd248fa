import { api, body, keys } from "@/api";
import { Page } from "@/look";
import { Deeds } from "../audit/Deeds";

export default function ProjectAudit({ project }: { project: string }) {
  return (
    <Page
      title="Audit log"
      lead={`Who did what to ${project}, when and from where. It is only ever added to.`}
    >
      <Deeds
        queryKey={keys.audit(project)}
        read={(query) =>
          body(api.GET("/api/v1/projects/{project}/audit", { params: { path: { project }, query } }))
        }
      />
    </Page>
  );
}
