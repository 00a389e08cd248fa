import { Route, Switch } from "wouter";
import { NotFound } from "../NotFound";
import { Compare } from "./Compare";
import { History } from "./History";
import { ReleasePage } from "./ReleasePage";

/** The releases of a project: its history, one of them, two of them. */
export default function Releases({ project }: { project: string }) {
  const base = `/projects/${encodeURIComponent(project)}/releases`;
  return (
    <Switch>
      <Route path={base}>
        <History project={project} />
      </Route>
      <Route path={`${base}/:release`}>
        {({ release }) =>
          isNumber(release) ? (
            <ReleasePage project={project} number={Number(release)} />
          ) : (
            <NotFound what="release" />
          )
        }
      </Route>
      <Route path={`${base}/:before/compare/:after`}>
        {({ before, after }) =>
          isNumber(before) && isNumber(after) ? (
            <Compare project={project} before={Number(before)} after={Number(after)} />
          ) : (
            <NotFound what="release" />
          )
        }
      </Route>
      <Route>
        <NotFound />
      </Route>
    </Switch>
  );
}

function isNumber(text: string | undefined): boolean {
  return /^[1-9]\d{0,8}$/.test(text ?? "");
}
