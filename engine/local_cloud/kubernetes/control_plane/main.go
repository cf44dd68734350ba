// Command control-plane runs etcd, kube-apiserver, kube-controller-manager, kube-scheduler and a node simulator in one
// process: the Kubernetes behind one emulated EKS cluster. It listens on one loopback address and keeps everything in
// one folder, secrets in files that only its owner may read.
//
// Made to be started and watched by the local cloud, which asks /readyz with the admin's token. SIGTERM ends it.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	logsapi "k8s.io/component-base/logs/api/v1"
)

// plan is what one run was asked for.
type plan struct {
	folder, address             string
	port                        int
	certificate, key, authority string
	serviceCIDR, tokenReview    string
}

func (p plan) file(name string) string { return filepath.Join(p.folder, name) }
func (p plan) server() string          { return fmt.Sprintf("https://%s:%d", p.address, p.port) }

func parse() plan {
	var p plan
	flag.StringVar(&p.folder, "folder", "", "where state, keys and kubeconfigs are kept")
	flag.StringVar(&p.address, "address", "127.0.0.1", "loopback address to listen on")
	flag.IntVar(&p.port, "port", 6443, "HTTPS port")
	flag.StringVar(&p.certificate, "certificate", "", "file with the server's certificate")
	flag.StringVar(&p.key, "key", "", "file with its key")
	flag.StringVar(&p.authority, "authority", "", "file with the authority that signed it")
	flag.StringVar(&p.serviceCIDR, "service-cidr", "10.100.0.0/16", "range of cluster IPs")
	flag.StringVar(&p.tokenReview, "token-review", "", "kubeconfig of the webhook that knows EKS tokens")
	flag.Parse()
	return p
}

func must(what string, err error) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "control-plane: %s: %v\n", what, err)
		os.Exit(1)
	}
}

func main() {
	start, p := time.Now(), parse()
	must("folder", os.MkdirAll(p.file("pki"), 0o700))
	must("folder", os.Chdir(p.folder))
	must("pid", os.WriteFile(p.file("pid"), []byte(fmt.Sprint(os.Getpid())), 0o600))
	// each component would set up logging anew, which is an error the second time
	logsapi.ReapplyHandling = logsapi.ReapplyHandlingIgnoreUnchanged
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()

	etcd := startEtcd(p)
	defer etcd.Close()
	tokens := makeUsers(p)
	ended := startAPIServer(ctx, p)
	waitUntilReady(ctx, p, tokens[admin])
	// the controller-manager gives up after seconds where nobody answers
	startControllers(ctx, p)
	startScheduler(ctx, p)
	go simulateNodes(ctx, p)
	fmt.Printf("ready after %.1f s at %s\n", time.Since(start).Seconds(), p.server())
	<-ended
}
