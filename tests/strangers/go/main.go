// The contract on Go's net/http: routing, HEAD, framing and the reading of booleans as the standard library has them.
package main

import (
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
)

type served struct {
	Path  string            `json:"path"`
	Key   string            `json:"key"`
	Views map[string]string `json:"views"`
}

type failure struct {
	Status int               `json:"status_code"`
	Error  map[string]string `json:"error"`
}

func refuse(w http.ResponseWriter, status int, kind, message string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(failure{status, map[string]string{"type": kind, "message": message}})
}

func (s served) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "bearer") || subtle.ConstantTimeCompare([]byte(token), []byte(s.Key)) != 1 {
		w.Header().Set("WWW-Authenticate", "Bearer")
		refuse(w, http.StatusUnauthorized, "authentication_error", "no valid key")
		return
	}
	view := "database"
	if asked := r.URL.Query().Get("from_memory"); asked != "" {
		remembered, err := strconv.ParseBool(asked)
		if err != nil {
			refuse(w, http.StatusUnprocessableEntity, "invalid_request", "from_memory is a boolean")
			return
		}
		if remembered {
			view = "memory"
		}
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	// Longer than what net/http buffers: the answer is chunked.
	w.Write([]byte(s.Views[view]))
}

func main() {
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		panic(err)
	}
	var s served
	if err := json.Unmarshal(text, &s); err != nil {
		panic(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Printf("listening on http://%s\n", listener.Addr())
	mux := http.NewServeMux()
	mux.Handle("GET "+s.Path, s)
	panic(http.Serve(listener, mux))
}
