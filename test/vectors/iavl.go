//go:build ignore

// Command iavl prints golden values of cosmos/iavl, cosmossdk.io/store and CometBFT's simple Merkle tree for a
// fixed sequence of operations, as the JSON of iavl.json beside it. To run it again: go mod init, go get the
// versions that iavl.json names, go run iavl.go.
package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"sort"

	"cosmossdk.io/log"
	st "cosmossdk.io/store/types"
	"github.com/cometbft/cometbft/crypto/merkle"
	"github.com/cosmos/iavl"
	dbm "github.com/cosmos/iavl/db"
)

type op struct {
	Key   string  `json:"key"`
	Value *string `json:"value"`
}
type version struct {
	Ops  []op   `json:"ops"`
	Root string `json:"root"`
	Size int64  `json:"size"`
}

var seed uint64 = 88172645463325252

func random(n uint64) uint64 {
	seed ^= seed << 13
	seed ^= seed >> 7
	seed ^= seed << 17
	return seed % n
}
func check(err error) {
	if err != nil {
		panic(err)
	}
}
func main() {
	tree := iavl.NewMutableTree(dbm.NewMemDB(), 1000, false, log.NewNopLogger())
	var versions []version
	live := map[string]bool{}
	for v := 1; v <= 40; v++ {
		out := version{Ops: []op{}}
		done := map[string]bool{}
		n := random(40)
		if v == 7 {
			n = 0
		}
		for i := uint64(0); i < n; i++ {
			key := fmt.Sprintf("k%03d", random(120))
			if done[key] {
				continue
			}
			done[key] = true
			h := hex.EncodeToString([]byte(key))
			if live[key] && random(3) > 0 || (v > 34 && live[key]) {
				out.Ops = append(out.Ops, op{h, nil})
			} else if v <= 34 {
				value := make([]byte, 1+random(200))
				for j := range value {
					value[j] = byte(random(256))
				}
				s := hex.EncodeToString(value)
				out.Ops = append(out.Ops, op{h, &s})
			}
		}
		if v == 40 {
			out.Ops = []op{}
			for key := range live {
				out.Ops = append(out.Ops, op{hex.EncodeToString([]byte(key)), nil})
			}
		}
		sort.Slice(out.Ops, func(i, j int) bool { return out.Ops[i].Key < out.Ops[j].Key })
		for _, o := range out.Ops {
			key, _ := hex.DecodeString(o.Key)
			if o.Value == nil {
				_, removed, err := tree.Remove(key)
				check(err)
				if !removed {
					panic(o.Key)
				}
				delete(live, string(key))
			} else {
				value, _ := hex.DecodeString(*o.Value)
				_, err := tree.Set(key, value)
				check(err)
				live[string(key)] = true
			}
		}
		hash, _, err := tree.SaveVersion()
		check(err)
		out.Root, out.Size = hex.EncodeToString(hash), tree.Size()
		versions = append(versions, out)
	}
	type multi struct {
		Roots map[string]string `json:"roots"`
		Hash  string            `json:"hash"`
	}
	var multis []multi
	names := []string{"auth", "bank", "validators", "a", "zz", "markets", "proofs", "gov"}
	for n := 1; n <= len(names); n++ {
		m := multi{Roots: map[string]string{}}
		info := st.CommitInfo{Version: 9}
		for i := 0; i < n; i++ {
			root, _ := hex.DecodeString(versions[i].Root)
			m.Roots[names[i]] = versions[i].Root
			info.StoreInfos = append(info.StoreInfos, st.StoreInfo{Name: names[i], CommitId: st.CommitID{Version: 9, Hash: root}})
		}
		m.Hash = hex.EncodeToString(info.Hash())
		multis = append(multis, m)
	}
	type simple struct {
		Leaves int        `json:"leaves"`
		Root   string     `json:"root"`
		Aunts  [][]string `json:"aunts"`
	}
	var simples []simple
	for n := 0; n <= 17; n++ {
		var leaves [][]byte
		for i := 0; i < n; i++ {
			leaves = append(leaves, []byte(fmt.Sprintf("leaf %d", i)))
		}
		root, proofs := merkle.ProofsFromByteSlices(leaves)
		s := simple{Leaves: n, Root: hex.EncodeToString(root), Aunts: [][]string{}}
		for _, p := range proofs {
			a := []string{}
			for _, x := range p.Aunts {
				a = append(a, hex.EncodeToString(x))
			}
			s.Aunts = append(s.Aunts, a)
		}
		simples = append(simples, s)
	}
	enc := json.NewEncoder(os.Stdout)
	enc.SetIndent("", " ")
	check(enc.Encode(map[string]any{"versions": versions, "multistore": multis, "simple": simples}))
}
