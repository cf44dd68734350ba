package main

import (
	"net/url"

	"go.etcd.io/etcd/server/v3/embed"
)

// The socket is named from within the folder, which main has made the working directory: a path may have 107 bytes.
const etcdURL = "unix://etcd.sock"

// startEtcd starts the store of one member, on a unix socket in the folder: nobody else on the machine reaches it.
func startEtcd(p plan) *embed.Etcd {
	c := embed.NewConfig()
	// no fsync: what was written survives the end of the process, not a power cut
	c.Dir, c.LogLevel, c.UnsafeNoFsync, c.EnableGRPCGateway = p.file("etcd"), "error", true, false
	client, err := url.Parse(etcdURL)
	must("etcd URL", err)
	// what one member advertises must look like host:port and is never dialled, so it stays as it is
	c.ListenClientUrls, c.ListenPeerUrls, c.ListenMetricsUrls = []url.URL{*client}, nil, nil
	c.InitialCluster = c.InitialClusterFromName(c.Name)
	etcd, err := embed.StartEtcd(c)
	must("etcd", err)
	<-etcd.Server.ReadyNotify()
	return etcd
}
