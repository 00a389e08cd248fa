import { LogIn } from "lucide-react";
import { useState } from "react";
import { api, body } from "@/api";
import { Button, toastFault } from "@/look";

/** Goes to the OpenID Connect provider; with `invitation`, somebody new comes back with an account. */
export function ProviderButton({ invitation = "" }: { invitation?: string }) {
  const [isBusy, setBusy] = useState(false);
  async function go() {
    setBusy(true);
    try {
      const { address } = await body(api.POST("/api/v1/session/provider", { body: { invitation } }));
      location.assign(address);
    } catch (error) {
      setBusy(false);
      toastFault(error);
    }
  }
  return (
    <>
      <div className="flex items-center gap-3 text-faint text-xs" aria-hidden>
        <span className="h-px flex-1 bg-line" /> or <span className="h-px flex-1 bg-line" />
      </div>
      <Button size="large" icon={LogIn} busy={isBusy} onClick={go}>
        Sign in with your organisation
      </Button>
    </>
  );
}
