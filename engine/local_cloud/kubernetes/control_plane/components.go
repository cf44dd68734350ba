package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/spf13/pflag"
	cliflag "k8s.io/component-base/cli/flag"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	apiserveroptions "k8s.io/kubernetes/cmd/kube-apiserver/app/options"
	manager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	manageroptions "k8s.io/kubernetes/cmd/kube-controller-manager/app/options"
	scheduling "k8s.io/kubernetes/cmd/kube-scheduler/app"
	schedulingoptions "k8s.io/kubernetes/cmd/kube-scheduler/app/options"
)

// tokenCache is how long an answer about a token is believed: who loses an access entry is out after at most this twice.
const tokenCache = 2 * time.Second

// The components' cobra commands each install the process's signal handler, and the second to do so panics: hence their
// options and Run functions, with flags parsed as the commands would.
func set(flags cliflag.NamedFlagSets, args ...string) {
	all := pflag.NewFlagSet("", pflag.ContinueOnError)
	for _, each := range flags.FlagSets {
		all.AddFlagSet(each)
	}
	must("flags", all.Parse(args))
}

// startAPIServer starts it; the channel closes when it has ended.
func startAPIServer(ctx context.Context, p plan) <-chan struct{} {
	args := []string{
		"--etcd-servers=" + etcdURL,
		"--bind-address=" + p.address, "--advertise-address=" + p.address, fmt.Sprintf("--secure-port=%d", p.port),
		"--tls-cert-file=" + p.certificate, "--tls-private-key-file=" + p.key,
		"--endpoint-reconciler-type=none", // a loopback address is refused as an endpoint
		"--authorization-mode=RBAC", "--anonymous-auth=false", "--token-auth-file=" + p.file("pki/tokens.csv"),
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-signing-key-file=" + p.file("pki/service-accounts.key"),
		"--service-account-key-file=" + p.file("pki/service-accounts.key"),
		"--service-cluster-ip-range=" + p.serviceCIDR,
		"--enable-priority-and-fairness=false", "--profiling=false", "--allow-privileged=true",
	}
	if p.tokenReview != "" {
		args = append(args, "--authentication-token-webhook-config-file="+p.tokenReview,
			"--authentication-token-webhook-version=v1", "--authentication-token-webhook-cache-ttl="+tokenCache.String())
	}
	options := apiserveroptions.NewServerRunOptions()
	set(options.Flags(), args...)
	options.Authentication.TokenSuccessCacheTTL = tokenCache // no flag says it, and its 10 s would outlast the webhook's
	must("features", options.GenericServerRunOptions.ComponentGlobalsRegistry.Set())
	complete, err := options.Complete(ctx)
	must("apiserver", err)
	for _, err := range complete.Validate() {
		must("apiserver", err)
	}
	ended := make(chan struct{})
	go func() { defer close(ended); must("apiserver", apiserver.Run(ctx, complete)) }()
	return ended
}

func waitUntilReady(ctx context.Context, p plan, token string) {
	authority, err := os.ReadFile(p.authority)
	must("authority", err)
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(authority)
	client := http.Client{
		Timeout:   2 * time.Second,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}},
	}
	for ctx.Err() == nil {
		request, _ := http.NewRequestWithContext(ctx, http.MethodGet, p.server()+"/readyz", nil)
		request.Header.Set("Authorization", "Bearer "+token)
		if answer, err := client.Do(request); err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func startControllers(ctx context.Context, p plan) {
	options, err := manageroptions.NewKubeControllerManagerOptions()
	must("controller-manager", err)
	known, off, aliases := manager.KnownControllers(), manager.ControllersDisabledByDefault(), manager.ControllerAliases()
	flags := options.Flags(known, off, aliases)
	options.ParsedFlags = &flags
	set(flags, "--kubeconfig="+kubeconfig(p, controllers), "--leader-elect=false", "--secure-port=0",
		"--service-account-private-key-file="+p.file("pki/service-accounts.key"), "--root-ca-file="+p.authority,
		"--use-service-account-credentials=true",
		"--kube-api-qps=500", "--kube-api-burst=1000", // at 20 a second, getting its accounts' tokens takes it 5 s
		"--controllers=*,-node-ipam-controller,-service-lb-controller,-node-route-controller,-cloud-node-lifecycle-controller")
	config, err := options.Config(ctx, known, off, aliases)
	must("controller-manager", err)
	go func() { must("controller-manager", manager.Run(ctx, config.Complete())) }()
}

func startScheduler(ctx context.Context, p plan) {
	options := schedulingoptions.NewOptions()
	set(*options.Flags, "--kubeconfig="+kubeconfig(p, scheduler), "--leader-elect=false", "--secure-port=0",
		"--authentication-skip-lookup")
	config, made, err := scheduling.Setup(ctx, options)
	must("scheduler", err)
	go func() {
		if err := scheduling.Run(ctx, config, made); ctx.Err() == nil {
			must("scheduler", err)
		}
	}()
}
