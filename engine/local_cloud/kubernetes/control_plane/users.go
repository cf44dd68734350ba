package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"os"
	"strings"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

const (
	admin       = "local-admin"
	nodes       = "local-nodes"
	controllers = "system:kube-controller-manager"
	scheduler   = "system:kube-scheduler"
)

// groups of the users that exist beside those whom the webhook knows; what the others may do, RBAC says.
var groups = map[string]string{admin: "system:masters", nodes: "", controllers: "", scheduler: ""}

// makeUsers gives each user a random token, the same one at each start, and a kubeconfig.
func makeUsers(p plan) map[string]string {
	tokens, rows := map[string]string{}, ""
	for user, group := range groups {
		tokens[user] = keptSecret(p.file("pki/" + fileName(user) + ".token"))
		rows += fmt.Sprintf("%s,%s,%s,%q\n", tokens[user], user, user, group)
		writeKubeconfig(p, user, tokens[user])
	}
	must("tokens", os.WriteFile(p.file("pki/tokens.csv"), []byte(rows), 0o600))
	makeSigningKey(p.file("pki/service-accounts.key"))
	return tokens
}

func fileName(user string) string           { return strings.ReplaceAll(user, ":", "-") }
func kubeconfig(p plan, user string) string { return p.file(fileName(user) + ".kubeconfig") }

func clientFor(p plan, user string) *rest.Config {
	c, err := clientcmd.BuildConfigFromFlags("", kubeconfig(p, user))
	must(user, err)
	return c
}

func keptSecret(path string) string {
	if known, err := os.ReadFile(path); err == nil {
		return string(known)
	}
	random := make([]byte, 24)
	_, err := rand.Read(random)
	must("random", err)
	must(path, os.WriteFile(path, []byte(hex.EncodeToString(random)), 0o600))
	return hex.EncodeToString(random)
}

func writeKubeconfig(p plan, user, token string) {
	c := clientcmdapi.NewConfig()
	c.Clusters["local"] = &clientcmdapi.Cluster{Server: p.server(), CertificateAuthority: p.authority}
	c.AuthInfos[user] = &clientcmdapi.AuthInfo{Token: token}
	c.Contexts["local"] = &clientcmdapi.Context{Cluster: "local", AuthInfo: user}
	c.CurrentContext = "local"
	must("kubeconfig", clientcmd.WriteToFile(*c, kubeconfig(p, user))) // 0600
}

// makeSigningKey makes the key that service account tokens are signed with, once.
func makeSigningKey(path string) {
	if _, err := os.Stat(path); err == nil {
		return
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must("signing key", err)
	der, err := x509.MarshalECPrivateKey(key)
	must("signing key", err)
	must("signing key", os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}), 0o600))
}
