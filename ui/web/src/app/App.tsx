import { QueryClientProvider, useQuery } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense, useEffect } from "react";
import { Redirect, Route, Switch, useLocation } from "wouter";
import { isProblem, meQuery, onSignedOut } from "@/api";
import { connect } from "@/live";
import { Banner, Button, ToastStack, TooltipProvider, Waiting } from "@/look";
import { SignIn } from "@/screens/entrance/SignIn";
import { NotFound } from "@/screens/NotFound";
import { Project } from "@/screens/project/Project";
import { Projects } from "@/screens/projects/Projects";
import { ErrorBoundary } from "./ErrorBoundary";
import { queries } from "./queries";
import { Shell } from "./Shell";
import { useShortcuts } from "./shortcuts";

const FirstOwner = lazy(() =>
  import("@/screens/entrance/FirstOwner").then((each) => ({ default: each.FirstOwner })),
);
const Forgot = lazy(() => import("@/screens/entrance/Forgot").then((each) => ({ default: each.Forgot })));
const Invitation = lazy(() =>
  import("@/screens/entrance/Invitation").then((each) => ({ default: each.Invitation })),
);
const Reset = lazy(() => import("@/screens/entrance/Reset").then((each) => ({ default: each.Reset })));
const NewProject = lazy(() =>
  import("@/screens/projects/NewProject").then((each) => ({ default: each.NewProject })),
);
const Profile = lazy(() => import("@/screens/profile"));
const Administration = lazy(() => import("@/screens/administration"));

export function App() {
  useShortcuts();
  const [place] = useLocation();
  return (
    <QueryClientProvider client={queries}>
      <TooltipProvider delayDuration={400} skipDelayDuration={200}>
        <ErrorBoundary resetBy={place}>
          <Suspense fallback={<Waiting what="Loading" className="h-full" />}>
            <Switch>
              <Route path="/sign-in" component={SignIn} />
              <Route path="/first-owner" component={FirstOwner} />
              <Route path="/forgot" component={Forgot} />
              <Route path="/reset" component={Reset} />
              <Route path="/invitation" component={Invitation} />
              <Route>
                <ForSomebody>
                  <Inside />
                </ForSomebody>
              </Route>
            </Switch>
          </Suspense>
        </ErrorBoundary>
        <ToastStack />
      </TooltipProvider>
    </QueryClientProvider>
  );
}

/** The screens of somebody who is signed in. */
function Inside() {
  useEffect(() => connect(queries), []);
  return (
    <Switch>
      <Route path="/" component={Projects} />
      <Route path="/new" component={NewProject} />
      <Route path="/profile/*?" component={Profile} />
      <Route path="/administration/*?" component={Administration} />
      <Route path="/projects/:name/*?">
        {({ name }) => <Project key={name} name={decodeURIComponent(name)} />}
      </Route>
      <Route>
        <Shell>
          <NotFound />
        </Shell>
      </Route>
    </Switch>
  );
}

function ForSomebody({ children }: { children: ReactNode }) {
  const { data: me, error, refetch, isFetching } = useQuery(meQuery);
  const [place, go] = useLocation();
  useEffect(() => {
    onSignedOut(() => go("/sign-in", { state: { back: location.pathname } }));
    return () => onSignedOut(() => undefined);
  }, [go]);
  if (me) return children;
  if (isProblem(error, "not-signed-in") || isProblem(error, "session-over")) {
    return <Redirect to="/sign-in" state={{ back: place }} replace />;
  }
  if (!error) return <Waiting what="Loading" className="h-full" />;
  return (
    <div className="mx-auto flex h-full max-w-md flex-col justify-center gap-3 p-6">
      <Banner tone="bad">{error.message}</Banner>
      <Button busy={isFetching} onClick={() => refetch()} className="self-start">
        Try again
      </Button>
    </div>
  );
}
