import { Page } from "@/look";
import { AccessKeys } from "../keys/Keys";

export default function ProjectKeys({ project }: { project: string }) {
  return (
    <Page
      title="Access keys"
      lead={`Your keys that work in ${project}: pipelines and scripts sign their requests with one.`}
    >
      <AccessKeys project={project} />
    </Page>
  );
}
