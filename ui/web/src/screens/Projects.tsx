import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { projectsQuery } from "@/api";
import { Shell } from "@/app/Shell";
import { Page } from "@/look";

export function Projects() {
  const { data } = useQuery(projectsQuery);
  return (
    <Shell>
      <Page title="Projects">
        <ul>
          {data?.map((each) => (
            <li key={each.name}>
              <Link href={`/projects/${each.name}`}>{each.name}</Link>
            </li>
          ))}
        </ul>
      </Page>
    </Shell>
  );
}
