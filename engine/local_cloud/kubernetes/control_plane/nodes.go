package main

import (
	"context"
	"fmt"
	"hash/fnv"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
)

const (
	simulated      = "local.node/simulated"      // label of nodes that are played here
	completesAfter = "local.pod/completes-after" // annotation of pods that end well after a while, such as 500ms
	heartbeat      = 10 * time.Second
	leaseSeconds   = int32(40)
)

// allowNodes lets the simulator do what a kubelet and a storage driver do, and nothing else.
func allowNodes(ctx context.Context, p plan) {
	api := kubernetes.NewForConfigOrDie(clientFor(p, admin)).RbacV1()
	role := &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: nodes}, Rules: []rbacv1.PolicyRule{
		{APIGroups: []string{""}, Resources: []string{"nodes"}, Verbs: []string{"get", "list", "watch"}},
		{APIGroups: []string{""}, Resources: []string{"pods"}, Verbs: []string{"get", "list", "watch", "delete"}},
		{APIGroups: []string{""}, Resources: []string{"nodes/status", "pods/status"}, Verbs: []string{"update"}},
		{APIGroups: []string{""}, Resources: []string{"persistentvolumeclaims"}, Verbs: []string{"get", "list", "watch"}},
		{APIGroups: []string{""}, Resources: []string{"persistentvolumeclaims/status"}, Verbs: []string{"update"}},
		{APIGroups: []string{""}, Resources: []string{"persistentvolumes"}, Verbs: []string{"get", "list", "watch", "create", "update", "delete"}},
		{APIGroups: []string{"storage.k8s.io"}, Resources: []string{"storageclasses"}, Verbs: []string{"get"}},
		{APIGroups: []string{"coordination.k8s.io"}, Resources: []string{"leases"}, Verbs: []string{"get", "create", "update"}},
	}}
	if _, err := api.ClusterRoles().Create(ctx, role, metav1.CreateOptions{}); apierrors.IsAlreadyExists(err) {
		_, err = api.ClusterRoles().Update(ctx, role, metav1.UpdateOptions{})
		must("role of the node simulator", err)
	}
	binding := &rbacv1.ClusterRoleBinding{ObjectMeta: metav1.ObjectMeta{Name: nodes},
		RoleRef:  rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: nodes},
		Subjects: []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: nodes}}}
	if _, err := api.ClusterRoleBindings().Create(ctx, binding, metav1.CreateOptions{}); !apierrors.IsAlreadyExists(err) {
		must("binding of the node simulator", err)
	}
}

// simulator plays the kubelet of every node with the label: heartbeats, pods that run, jobs' pods that complete.
type simulator struct {
	ctx   context.Context
	api   kubernetes.Interface
	nodes cache.SharedIndexInformer
}

func simulateNodes(ctx context.Context, p plan) {
	allowNodes(ctx, p)
	config := clientFor(p, nodes)
	config.QPS, config.Burst = 200, 400
	api := kubernetes.NewForConfigOrDie(config)
	factory := informers.NewSharedInformerFactoryWithOptions(api, 0, seeVolumesAgain)
	s := simulator{ctx, api, factory.Core().V1().Nodes().Informer()}
	watch(s.nodes, func(o any) { s.beat(o.(*corev1.Node)) })
	watch(factory.Core().V1().Pods().Informer(), func(o any) { s.play(o.(*corev1.Pod)) })
	v := provisioner{ctx, api}
	watch(factory.Core().V1().PersistentVolumeClaims().Informer(), func(o any) { v.serve(o.(*corev1.PersistentVolumeClaim)) })
	watch(factory.Core().V1().PersistentVolumes().Informer(), func(o any) { v.release(o.(*corev1.PersistentVolume)) })
	factory.Start(ctx.Done())
	for tick := time.NewTicker(heartbeat); ctx.Err() == nil; {
		select {
		case <-ctx.Done():
		case <-tick.C:
			for _, o := range s.nodes.GetStore().List() {
				s.beat(o.(*corev1.Node))
			}
		}
	}
}

func watch(informer cache.SharedIndexInformer, then func(any)) {
	_, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc: then, UpdateFunc: func(_, now any) { then(now) }})
	must("watch", err)
}

func (s simulator) plays(node string) bool {
	o, known, _ := s.nodes.GetStore().GetByKey(node)
	return known && o.(*corev1.Node).Labels[simulated] != ""
}

// beat renews the node's lease and says that it is ready. Failures are tried again at the next beat.
func (s simulator) beat(node *corev1.Node) {
	if node.Labels[simulated] == "" {
		return
	}
	now, seconds := metav1.NewMicroTime(time.Now()), leaseSeconds
	leases := s.api.CoordinationV1().Leases(corev1.NamespaceNodeLease)
	if lease, err := leases.Get(s.ctx, node.Name, metav1.GetOptions{}); err == nil {
		lease.Spec.RenewTime = &now
		_, _ = leases.Update(s.ctx, lease, metav1.UpdateOptions{})
	} else {
		spec := coordinationv1.LeaseSpec{HolderIdentity: &node.Name, LeaseDurationSeconds: &seconds, RenewTime: &now}
		made := &coordinationv1.Lease{ObjectMeta: metav1.ObjectMeta{Name: node.Name}, Spec: spec}
		_, _ = leases.Create(s.ctx, made, metav1.CreateOptions{})
	}
	for _, each := range node.Status.Conditions {
		if each.Type == corev1.NodeReady && each.Status == corev1.ConditionTrue {
			return
		}
	}
	ready := node.DeepCopy()
	moment := metav1.Now()
	ready.Status.Conditions = []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue,
		Reason: "Simulated", LastHeartbeatTime: moment, LastTransitionTime: moment}}
	if ready.Status.Allocatable == nil {
		ready.Status.Allocatable = ready.Status.Capacity
	}
	_, _ = s.api.CoreV1().Nodes().UpdateStatus(s.ctx, ready, metav1.UpdateOptions{})
}

// play runs a pod that was scheduled to a node of ours, and lets one go that is being deleted.
func (s simulator) play(pod *corev1.Pod) {
	if pod.Spec.NodeName == "" || !s.plays(pod.Spec.NodeName) {
		return
	}
	if pod.DeletionTimestamp != nil {
		now := int64(0)
		_ = s.api.CoreV1().Pods(pod.Namespace).Delete(s.ctx, pod.Name, metav1.DeleteOptions{
			GracePeriodSeconds: &now, Preconditions: &metav1.Preconditions{UID: &pod.UID}})
		return
	}
	if pod.Status.Phase != corev1.PodPending {
		return
	}
	running := corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.Now()}}
	s.show(pod, corev1.PodRunning, corev1.ConditionTrue, running)
	if after, err := time.ParseDuration(pod.Annotations[completesAfter]); err == nil {
		time.AfterFunc(after, func() {
			over := corev1.ContainerStateTerminated{Reason: "Completed", FinishedAt: metav1.Now()}
			s.show(pod, corev1.PodSucceeded, corev1.ConditionFalse, corev1.ContainerState{Terminated: &over})
		})
	}
}

func (s simulator) show(pod *corev1.Pod, phase corev1.PodPhase, ready corev1.ConditionStatus, state corev1.ContainerState) {
	now, ip := metav1.Now(), address(pod)
	status := corev1.PodStatus{Phase: phase, PodIP: ip, PodIPs: []corev1.PodIP{{IP: ip}}, StartTime: &now}
	conditions := map[corev1.PodConditionType]corev1.ConditionStatus{
		corev1.PodInitialized: corev1.ConditionTrue, corev1.PodScheduled: corev1.ConditionTrue,
		corev1.PodReady: ready, corev1.ContainersReady: ready}
	for kind, value := range conditions {
		status.Conditions = append(status.Conditions,
			corev1.PodCondition{Type: kind, Status: value, LastTransitionTime: now})
	}
	for _, each := range pod.Spec.Containers {
		status.ContainerStatuses = append(status.ContainerStatuses, corev1.ContainerStatus{Name: each.Name,
			Image: each.Image, ImageID: each.Image, Ready: ready == corev1.ConditionTrue, State: state})
	}
	shown := pod.DeepCopy()
	shown.Status, shown.ResourceVersion = status, ""
	_, _ = s.api.CoreV1().Pods(pod.Namespace).UpdateStatus(s.ctx, shown, metav1.UpdateOptions{})
}

// address is made of the pod's UID: nothing listens there.
func address(pod *corev1.Pod) string {
	h := fnv.New32()
	h.Write([]byte(pod.UID))
	return fmt.Sprintf("10.44.%d.%d", h.Sum32()>>8&0xff, h.Sum32()&0xff)
}
