"""What nats-server 2.15.1 says of configurations named `c.conf`, asked with `-t`.

Its messages come in random order where a map is read, so they are sorted here.
"""

REFUSED: list[tuple[str, list[str]]] = [
    (
        "operator: x\n",
        ["c.conf:1:0: error parsing operator JWT: open x: no such file or directory"],
    ),
    ("operator: 5.5\n", ["c.conf:1:0: error parsing operators: unsupported type float64"]),
    ("trusted: x\n", ['c.conf:1:0: trust key "x" required to be a valid public operator nkey']),
    ("trusted: 5\n", ["c.conf:1:0: error parsing trusted: unsupported type int64"]),
    (
        "resolver: foo\n",
        [
            'c.conf:1:0: error parsing account resolver, should be MEM or  URL("url") or a map containing dir and type state=[FULL|CACHE])'
        ],
    ),
    (
        "resolver: {type: foo}\n",
        [
            'c.conf:1:0: error parsing account resolver, should be MEM or  URL("url") or a map containing dir and type state=[FULL|CACHE])'
        ],
    ),
    ("resolver: 5\n", ["c.conf:1:0: error parsing operator resolver, wrong type int64"]),
    (
        "resolver_preload: 5\n",
        ["c.conf:1:0: preload should be a map of account_public_key:account_jwt"],
    ),
    ("resolver_preload { A: 5 }\n", ["c.conf:1:19: preload map value should be a string JWT"]),
    ("resolver_preload { A: xx }\n", ["c.conf:1:19: invalid account JWT"]),
    ("system_account: 5\n", ["c.conf:1:0: system account name must be a string"]),
    ("jetstream: 5\n", ["c.conf:1:0: Expected map, bool or string to define JetStream, got int64"]),
    (
        "jetstream: foo\n",
        ["c.conf:1:0: Expected 'enabled' or 'disabled' for string value, got 'foo'"],
    ),
    (
        "authorization { users: [ {user: a, clients: [foo]} ]}\n",
        ['c.conf:1:35: invalid connection types ["FOO"]'],
    ),
    (
        "authorization { users: [ {user: a, clients: foo}, {user: a} ]}\n",
        [
            'c.conf:1:0: Duplicate user "a" detected',
            'c.conf:1:35: invalid connection types ["FOO"]',
        ],
    ),
    (
        "authorization { users: [ {user: a, clients: 5} ]}\n",
        ["c.conf:1:35: error parsing allowed connection types: unsupported type int64"],
    ),
    (
        "authorization { users: [ {user: a}, {user: a} ]}\n",
        ['c.conf:1:0: Duplicate user "a" detected'],
    ),
    (
        "authorization { users: [ {nkey: a} ]}\n",
        ["c.conf:1:26: Not a valid public nkey for a user"],
    ),
    ("authorization { users: [ {pass: a} ]}\n", ["c.conf:1:26: User entry requires a user"]),
    (
        "authorization { users: [ 5 ]}\n",
        ["c.conf:1:25: Expected user entry to be a map/struct, got 5"],
    ),
    (
        "authorization { users: [ foo ]}\n",
        ["c.conf:1:25: Expected user entry to be a map/struct, got foo"],
    ),
    ("authorization { user: a, token: b}\n", ["c.conf:1:0: Cannot have a user/pass and token"]),
    (
        "authorization { user: a, users: [{user: b}]}\n",
        ["c.conf:1:0: Can not have a single user/pass and a users array"],
    ),
    (
        "authorization { token: a, users: [{user: b}]}\n",
        ["c.conf:1:0: Can not have a token and a users array"],
    ),
    (
        "authorization { user: a, users: []}\n",
        ["c.conf:1:0: Can not have a single user/pass and a users array"],
    ),
    (
        'authorization { users: [ {user: a, permissions: {publish: "a..b"}} ]}\n',
        ['subject "a..b" is not a valid subject'],
    ),
    (
        'authorization { users: [ {user: a, permissions: {subscribe: "a b c"}} ]}\n',
        ['subject "a b c" is not a valid subject'],
    ),
    (
        'authorization { users: [ {user: a, permissions: {subscribe: {allow: "a b..", foo: 1}}} ]}\n',
        [
            'c.conf:1:61: queue "b.." is not a valid queue',
            "c.conf:1:77: Unknown field name \"foo\" parsing subject permissions, only 'allow' or 'deny' are permitted",
        ],
    ),
    (
        "authorization { users: [ {user: a, permissions: {foo: 1}} ]}\n",
        ['c.conf:1:49: Unknown field "foo" parsing permissions'],
    ),
    (
        "authorization { users: [ {user: a, permissions: {publish: [foo, true]}} ]}\n",
        ["c.conf:1:64: Subject in permissions array cannot be cast to string"],
    ),
    (
        "authorization { users: [ {user: a, permissions: {publish: {allow: [foo, true]}}} ]}\n",
        ["c.conf:1:72: Subject in permissions array cannot be cast to string"],
    ),
    (
        "authorization { users: [ {user: a, permissions: {allow_responses: 5}} ]}\n",
        ["c.conf:1:49: error parsing response permissions, expected a boolean or a map"],
    ),
    (
        "authorization { users: [ {user: a, permissions: {allow_responses: {expires: 5}}} ]}\n",
        ["c.conf:1:67: error parsing expires, not a duration string"],
    ),
    (
        "authorization { users: [ {user: a, permissions: {allow_responses: {expires: x}}} ]}\n",
        ['c.conf:1:67: error parsing expires: time: invalid duration "x"'],
    ),
    (
        "authorization { users: [ {user: a, permissions: {allow_responses: {foo: x}}} ]}\n",
        ['c.conf:1:67: Unknown field "foo" parsing permissions'],
    ),
    ("authorization { users: [ {user: a, foo: x} ]}\n", ['c.conf:1:35: unknown field "foo"']),
    (
        "authorization { timeout: true }\n",
        ["c.conf:1:16: error parsing authorization config, 'timeout' wrong type"],
    ),
    (
        'authorization { timeout: "x" }\n',
        ["c.conf:1:16: error parsing authorization config, 'timeout' time: invalid duration \"x\""],
    ),
    (
        "authorization { auth_callout: 5 }\n",
        ["c.conf:1:16: Expected authorization callout to be a map/struct, got 5"],
    ),
    (
        "authorization { auth_callout: {foo: 1} }\n",
        [
            "c.conf:1:31: Authorization callouts require an issuer to be specified",
            'c.conf:1:31: Unknown field "foo" parsing authorization callout',
        ],
    ),
    (
        "authorization { auth_callout: {issuer: x} }\n",
        ['c.conf:1:31: Expected callout user to be a valid public account nkey, got "x"'],
    ),
    (
        "authorization { auth_callout: {users: x} }\n",
        ["c.conf:1:31: Expected auth_users field to be an array, got *conf.token"],
    ),
    (
        "authorization { auth_callout: {issuer: ABJHLOVMPA4CI6R5KLNGOB4GSLNIY7IOUPAJC4YFNDLQVIOBYQGUWVLA, xkey: x} }\n",
        ['c.conf:1:97: Expected callout xkey to be a valid public xkey, got "x"'],
    ),
    (
        "authorization { auth_callout: {issuer: ABJHLOVMPA4CI6R5KLNGOB4GSLNIY7IOUPAJC4YFNDLQVIOBYQGUWVLA, auth_users: [a], allowed_accounts: [B]} }\n",
        ['auth_callout allowed account "B" not found in configured accounts'],
    ),
    ("accounts { A: {exports: 5} }\n", ["c.conf:1:15: Exports should be an array, got int64"]),
    (
        "accounts { A: {exports: [foo]} }\n",
        ["c.conf:1:25: Export Items should be a map with type entry, got string"],
    ),
    (
        "accounts { A: {exports: [{stream: a, response: single}]} }\n",
        ["c.conf:1:37: Detected response directive on non-service"],
    ),
    (
        "accounts { A: {exports: [{response: single, stream: a}]} }\n",
        ["c.conf:1:26: Detected response directive on non-service"],
    ),
    (
        "accounts { A: {exports: [{service: a, response: foo}]} }\n",
        ['c.conf:1:38: Unknown response type: "foo"'],
    ),
    (
        "accounts { A: {exports: [{service: a, threshold: foo}]} }\n",
        ['c.conf:1:38: Expected response threshold to be a parseable time duration, got "foo"'],
    ),
    (
        "accounts { A: {exports: [{service: a, accounts: [B]}]} }\n",
        ['c.conf:1:0: "B" account not defined for service export'],
    ),
    (
        "accounts { A: {exports: [{stream: a, accounts: [B]}]} }\n",
        ['c.conf:1:0: "B" account not defined for stream export'],
    ),
    (
        "accounts { A: {exports: [{stream: a, account_token_position: 2}]} }\n",
        ['c.conf:1:0: Error adding stream export "a": sublist: invalid subject'],
    ),
    (
        "accounts { A: {exports: [{service: a, latency: {sampling: 0, subject: x}}]} }\n",
        ["c.conf:1:48: bad sampling percentage, should be 1-100"],
    ),
    (
        "accounts { A: {exports: [{service: a, latency: {sampling: 50%}}]} }\n",
        ["c.conf:1:38: Latency subject required, but missing"],
    ),
    (
        'accounts { A: {exports: [{service: a, latency: "x.>"}]} }\n',
        [
            'c.conf:1:0: Error adding service latency sampling for "a" on subject "x.>": invalid publish subject'
        ],
    ),
    (
        "accounts { A: {exports: [{service: a, latency: 5 }]} }\n",
        ["c.conf:1:38: Expected latency entry to be a map/struct or string, got int64"],
    ),
    (
        "accounts { A: {imports: [{stream: {account: B, subject: x}}]} }\n",
        ['c.conf:1:0: "B" account not defined for stream import'],
    ),
    (
        "accounts { A: {imports: [{service: {account: B, subject: x}}]} }\n",
        ['c.conf:1:0: "B" account not defined for service import'],
    ),
    (
        "accounts { A: {imports: [{stream: {account: B, subject: x}}]}, B: {} }\n",
        ['c.conf:1:0: Error adding stream import "x": stream import not authorized'],
    ),
    (
        'accounts { A: {imports: [{stream: {account: B, subject: x}, prefix: "a.*"}]}, B: {exports: [{stream: x}]} }\n',
        [
            'c.conf:1:0: Error adding stream import "x": stream import prefix can not contain wildcard tokens'
        ],
    ),
    (
        "accounts { A: {imports: [{stream: {account: B, subject: x}},{stream: {account: B, subject: x}}]}, B: {exports: [{stream: x}]} }\n",
        ['c.conf:1:0: Error adding stream import "x": stream import already exists'],
    ),
    (
        "accounts { A: {imports: [{service: {account: B, subject: x}},{service: {account: B, subject: x}}]}, B: {exports: [{service: x}]} }\n",
        [
            'c.conf:1:96: Duplicate service import subject "x", previously used in import for account "B", subject "x"'
        ],
    ),
    (
        "accounts { A: {imports: [{service: {account: B, subject: x}}], exports: [{service: x}]}, B: {exports: [{service: x}],imports: [{service: {account: A, subject: x}}]} }\n",
        ['c.conf:1:0: Error adding service import "x": import forms a cycle'],
    ),
    (
        "accounts { A: {imports: [{stream: {account: B, subject: x}}], exports: [{stream: x}]}, B: {exports: [{stream: x}],imports: [{stream: {account: A, subject: x}}]} }\n",
        ['c.conf:1:0: Error adding stream import "x": import forms a cycle'],
    ),
    (
        'accounts { A: {imports: [{stream: {account: B, subject: "x.*"}, to: "y"}]}, B: {exports: [{stream: "x.*"}]} }\n',
        [
            'c.conf:1:0: Error adding stream import "x.*": failed to create mapping transform for stream import subject from "x.*" to "y": invalid mapping destination: not using all of the token wildcard(s) in y'
        ],
    ),
    (
        'accounts { A: {imports: [{service: {account: B, subject: "x.*"}, to: "y"}]}, B: {exports: [{service: "x.*"}]} }\n',
        [
            'c.conf:1:0: Error adding service import "x.*": failed to create mapping transform for service import subject from "y" to "x.*": invalid mapping destination: not using all of the token wildcard(s) in y'
        ],
    ),
    (
        'accounts { A: {imports: [{service: {account: B, subject: "x.y"}, to: "y"}]}, C: {}, B: {exports: [{service: "x.*", accounts: [C]}]} }\n',
        ['c.conf:1:0: Error adding service import "x.y": service import not authorized'],
    ),
    (
        'mappings { a: b, "c.*": "d.$1", "e.*": "f.$2" }\n',
        [
            'c.conf:1:33: Error adding mapping for "e.*" to "f.$2" : invalid mapping destination: wildcard index out of range in $2: [2]'
        ],
    ),
    (
        "mappings { a: [{dest: b, weight: 50%}, {dest: c, weight: 60}] }\n",
        ['c.conf:1:11: Error adding mapping for "a" : total weight needs to be <= 100'],
    ),
    (
        "mappings { a: [{dest: b, weight: 50%}, {dest: b, weight: 50}] }\n",
        ['c.conf:1:11: Error adding mapping for "a" : duplicate entry for "b"'],
    ),
    ("mappings { a: [{dest: b}] }\n", ['c.conf:1:24: Missing weight for mapping destination "b"']),
    (
        "mappings { a: {dest: b, weight: 101} }\n",
        ["c.conf:1:24: Invalid weight 101 for mapping destination"],
    ),
    (
        "mappings { a: {dest: b, weight: x} }\n",
        ['c.conf:1:24: Invalid weight "x" for mapping destination'],
    ),
    (
        "mappings { a: {dest: b, foo: x} }\n",
        ['c.conf:1:24: Unknown field "foo" for mapping destination'],
    ),
    ('mappings { "a..b": b }\n', ['c.conf:1:0: Subject "a..b" is not a valid subject']),
    (
        'mappings { a: "b..c" }\n',
        [
            'c.conf:1:11: Error adding mapping for "a" to "b..c" : invalid mapping destination: invalid transform'
        ],
    ),
    (
        'mappings { a: "b.*" }\n',
        ['c.conf:1:11: Error adding mapping for "a" to "b.*" : invalid subject'],
    ),
    (
        'mappings { "a.*": "b.{{foo(1)}}" }\n',
        [
            'c.conf:1:12: Error adding mapping for "a.*" to "b.{{foo(1)}}" : invalid mapping destination: unknown function in {{foo(1)}}'
        ],
    ),
    (
        'mappings { "a.*": "b.{{wildcard(x)}}" }\n',
        [
            'c.conf:1:12: Error adding mapping for "a.*" to "b.{{wildcard(x)}}" : invalid mapping destination: function argument is invalid or in the wrong format in {{wildcard(x)}}'
        ],
    ),
    (
        'mappings { "a.>": "b" }\n',
        ['c.conf:1:12: Error adding mapping for "a.>" to "b" : invalid subject'],
    ),
    (
        "accounts { A: {nkey: 5} }\n",
        ["c.conf:1:15: Not a valid public nkey for an account: '\\x05'"],
    ),
    ('accounts { A: {nkey: "x"} }\n', ['c.conf:1:15: Not a valid public nkey for an account: "x"']),
    ("accounts { A: 5 }\n", ["c.conf:1:11: Expected map entries for accounts"]),
    ("accounts { A: {foo: 5} }\n", ['c.conf:1:15: unknown field "foo"']),
    ('cluster { name: "a b" }\n', ["c.conf:1:10: cluster name cannot contain spaces"]),
    ("cluster { foo: a }\n", ['c.conf:1:10: unknown field "foo"']),
    ("leafnodes { foo: a }\n", ['c.conf:1:12: unknown field "foo"']),
    ("mqtt { foo: a }\n", ['c.conf:1:7: unknown field "foo"']),
    ("gateway { foo: a }\n", ['c.conf:1:10: unknown field "foo"']),
    ('server_name: "a b"\n', ["c.conf:1:0: server name cannot contain spaces"]),
    (
        "pid_file: x, pidfile: 5\n",
        ["c.conf:1:13: interface conversion: interface {} is int64, not string"],
    ),
    ("write_timeout: foo\n", ["c.conf:1:0: write_timeout must be 'default', 'close' or 'retry'"]),
    (
        "feature_flags { a: 5 }\n",
        ['c.conf:1:16: error parsing feature flag "a": expected bool, got int64'],
    ),
    ("feature_flags: 5\n", ["c.conf:1:0: error parsing feature flags: unsupported type int64"]),
    ("proxies: 5\n", ["c.conf:1:0: expected proxies to be a map/struct, got int64"]),
    ("ocsp: 5\n", ["c.conf:1:0: error parsing ocsp config: unsupported type int64"]),
    (
        'tls { min_version: "1.1" }\n',
        ["c.conf:1:6: error parsing tls config: unsupported TLS version: TLS 1.1"],
    ),
    (
        'tls { min_version: "1.9" }\n',
        ["c.conf:1:6: error parsing tls config: unknown version: 1.9"],
    ),
    (
        "tls { min_version: 1.2 }\n",
        ["c.conf:1:6: error parsing tls config: 'min_version' wrong type: 1.2"],
    ),
    ("tls { cipher_suites: [foo] }\n", ["c.conf:1:22: unrecognized cipher foo"]),
    (
        "tls { cipher_suites: [TLS_RSA_WITH_RC4_128_SHA] }\n",
        [
            "c.conf:1:0: insecure cipher suites configured without 'allow_insecure_cipher_suites' option set: TLS_RSA_WITH_RC4_128_SHA"
        ],
    ),
    (
        "tls { cipher_suites: [] }\n",
        ["c.conf:1:6: error parsing tls config, 'cipher_suites' cannot be empty"],
    ),
    ("tls { curve_preferences: [foo] }\n", ["c.conf:1:26: unrecognized curve preference foo"]),
    (
        "tls { timeout: foo }\n",
        ["c.conf:1:6: error parsing tls config, 'timeout' time: invalid duration \"foo\""],
    ),
    ("tls { timeout: true }\n", ["c.conf:1:6: error parsing tls config, 'timeout' wrong type"]),
    (
        "tls { pinned_certs: 5 }\n",
        [
            "c.conf:1:6: error parsing tls config, expected 'pinned_certs' to be a list of hex-encoded sha256 of DER encoded SubjectPublicKeyInfo"
        ],
    ),
    (
        "tls { pinned_certs: [foo] }\n",
        [
            "c.conf:1:21: error parsing tls config, 'pinned_certs' key foo does not look like hex-encoded sha256 of DER encoded SubjectPublicKeyInfo"
        ],
    ),
    (
        "tls { handshake_first: foo }\n",
        ['c.conf:1:6: field "handshake_first"\'s value "foo" is invalid'],
    ),
    (
        "tls { handshake_first: 5 }\n",
        ['c.conf:1:6: field "handshake_first" should be a boolean or a string, got int64'],
    ),
    ("tls { cert_file: a }\n", ["c.conf:1:0: missing 'key_file' in TLS configuration"]),
    ("tls { key_file: a }\n", ["c.conf:1:0: missing 'cert_file' in TLS configuration"]),
    (
        "tls { cert_file: a, key_file: b }\n",
        ["c.conf:1:0: error parsing X509 certificate/key pair: open a: no such file or directory"],
    ),
    ("tls { ca_file: a }\n", ["c.conf:1:0: open a: no such file or directory"]),
    (
        "tls { certs: 5 }\n",
        ["c.conf:1:6: error parsing certificates config: unsupported type map[string]interface {}"],
    ),
    (
        "tls { certs: [{cert_file: a}] }\n",
        [
            "c.conf:1:15: error parsing certificates config: both 'cert_file' and 'cert_key' options are required"
        ],
    ),
    (
        "tls { certs: [{cert_file: a, foo: b}] }\n",
        ['c.conf:1:29: error parsing tls certs config, unknown field "foo"'],
    ),
    (
        "tls { certs: [{cert_file: a, key_file: b}], cert_file: x, key_file: y }\n",
        [
            "c.conf:1:0: error parsing tls config, cannot combine 'cert_file' option with 'certs' option"
        ],
    ),
    (
        "tls { verify: 5 }\n",
        ["c.conf:1:6: error parsing tls config, expected 'verify' to be a boolean"],
    ),
    (
        "websocket { headers: 5, handshake_timeout: true, allowed_origins: 5 }\n",
        [
            "c.conf:1:12: error parsing headers: unsupported type int64",
            "c.conf:1:24: error parsing handshake timeout: unsupported type bool",
            "c.conf:1:49: error parsing allowed origins: unsupported type int64",
        ],
    ),
    (
        'websocket { headers: {a: 5}, handshake_timeout: "x" }\n',
        [
            "c.conf:1:22: error parsing header key a: unsupported type int64",
            'c.conf:1:29: time: invalid duration "x"',
        ],
    ),
    ("websocket { foo: 5 }\n", ['c.conf:1:12: unknown field "foo"']),
    (
        "trusted_keys: [ODSKWNLHOLPYFPPVLFW3N4IYJ4ZTTKTTIPLZSR5OHRJVVGJBNUXPBPEN], foo: 1\n",
        [
            'c.conf:1:15: trust key "ODSKWNLHOLPYFPPVLFW3N4IYJ4ZTTKTTIPLZSR5OHRJVVGJBNUXPBPEN" required to be a valid public operator nkey',
            'c.conf:1:74: unknown field "foo"',
        ],
    ),
    (
        "accounts { A: {jetstream: enabled, limits: {max_conn: 1k, foo: 1}}}\n",
        ['c.conf:1:58: Unknown field "foo" parsing account limits'],
    ),
    ("accounts { A: {jetstream: {foo: 1}}}\n", ['c.conf:1:27: unknown field "foo"']),
    (
        "accounts { A: {jetstream: {max_mem: x}}}\n",
        ['c.conf:1:27: Expected a parseable size for "max_mem", got x'],
    ),
    (
        "accounts { A: {jetstream: 5}}\n",
        ["Expected map, bool or string to define JetStream, got int64"],
    ),
    (
        "accounts { A: {mappings: {a: 5}}}\n",
        ["c.conf:1:26: Expected an entry for the mapping destination"],
    ),
    (
        "accounts { A: {msg_trace: 5}}\n",
        [
            'c.conf:1:15: Expected account message trace "msg_trace" to be a string or a map/struct, got int64'
        ],
    ),
    ('accounts { A: {msg_trace: "a.*"}}\n', ['c.conf:1:15: Trace destination "a.*" is not valid']),
    (
        "accounts { A: {msg_trace: {dest: x, sampling: 500}}}\n",
        ["c.conf:1:36: Ttrace destination sampling value 500 is invalid, needs to be [1..100]"],
    ),
    (
        "accounts { A: {msg_trace: {sampling: 50}}}\n",
        ["c.conf:1:15: Trace destination sampling ignored since no destination was set"],
    ),
    (
        "accounts { A: {exports: [{stream: 5}, {service: true}, {stream: x, accounts: 5}]}}\n",
        [
            "c.conf:1:26: Expected stream name to be string, got int64",
            "c.conf:1:39: Expected service name to be string, got bool",
            "c.conf:1:67: interface conversion: interface {} is int64, not []interface {}",
        ],
    ),
    (
        "accounts { A: {imports: [{stream: 5}, {service: 5}, {foo: 5}, {service: {account: B, foo: 5}}]}}\n",
        [
            "c.conf:1:26: Stream entry should be an account map, got int64",
            "c.conf:1:39: Service entry should be an account map, got int64",
            'c.conf:1:53: unknown field "foo"',
            "c.conf:1:63: Expect an account name and a subject",
            'c.conf:1:85: unknown field "foo"',
        ],
    ),
    (
        "accounts { A: {exports: [{service: a, response: stream, latency: x}]}}\n",
        [
            'c.conf:1:0: Error adding service latency sampling for "a" on subject "x": bad service response type'
        ],
    ),
    (
        "accounts { A: {exports: [{service: a, latency: a}]}}\n",
        [
            'c.conf:1:0: Error adding service latency sampling for "a" on subject "a": invalid publish subject'
        ],
    ),
    (
        "accounts { A: {exports: [{service: a, latency: {sampling: 50%, subject: 5}}]}}\n",
        ["c.conf:1:63: Expected latency subject to be a string, got string"],
    ),
    (
        "accounts { A: {exports: [{service: a, latency: {sampling: x, subject: y}}]}}\n",
        ['c.conf:1:48: Failed to parse latency sample: strconv.Atoi: parsing "x": invalid syntax'],
    ),
    (
        'accounts { A: {imports: [{stream: {account: B, subject: "x y"}, to: y}]}, B: {exports: [{stream: ">"}] }}\n',
        ['c.conf:1:0: Error adding stream import "x y": stream import not authorized'],
    ),
    (
        'accounts { A: {imports: [{service: {account: B, subject: "x..y"}, to: y}]}, B: {exports: [{service: ">"}] }}\n',
        ['c.conf:1:0: Error adding service import "x..y": sublist: invalid subject'],
    ),
    (
        "cluster { listen: x, authorization { users: [] , timeout: 100 } }\n",
        [
            'c.conf:1:10: could not parse address string "x"',
            "c.conf:1:21: Cluster authorization does not allow multiple users",
            "c.conf:1:49: invalid use of field \"timeout\": timeout of 100 (100.000000 seconds) is high, consider keeping it under 60 seconds. possibly caused by unquoted duration; use '1m' instead of 1m, for example",
        ],
    ),
    (
        "cluster { authorization { token: x }, compression: 5.5, permissions: 5 }\n",
        [
            "Expected permissions to be a map/struct, got 5",
            "c.conf:1:10: Cluster authorization does not support tokens",
            'c.conf:1:38: field "compression" should be a boolean or a structure, got float64',
        ],
    ),
    ("gateway { gateways: 5 }\n", ["Expected gateways field to be an array, got int64"]),
    (
        "leafnodes { remotes: [5.5], min_version: x }\n",
        [
            "c.conf:1:22: Expected remote leafnode entry to be a map/struct, got 5.5",
            "c.conf:1:28: invalid leafnode's minimum version: invalid semver",
        ],
    ),
    (
        "mqtt { max_ack_pending: 70000, consumer_replicas: 5 }\n",
        [
            'c.conf:1:31: invalid use of field "consumer_replicas": consumer replicas setting ignored in this server version',
            "c.conf:1:7: invalid value 70000, should in [0..65535] range",
        ],
    ),
    (
        "operator: [5.5]\n",
        [
            "c.conf:1:0: error parsing operators: unsupported type *conf.token where string is expected"
        ],
    ),
    (
        'operator: ["a", "b"]\n',
        [
            "c.conf:1:0: error parsing operator JWT: open a: no such file or directory",
            "c.conf:1:0: error parsing operator JWT: open b: no such file or directory",
        ],
    ),
    (
        "server_tags: [5.5, a]\n",
        ["c.conf:1:0: error parsing tags: unsupported type *conf.token where string is expected"],
    ),
    ("ocsp { foo: 5 }\n", ["c.conf:1:7: error parsing ocsp config: unsupported field string"]),
    (
        "resolver_pinned_accounts: 5\n",
        ["c.conf:1:0: error parsing resolver_pinned_accounts: unsupported type int64"],
    ),
    (
        "resolver_pinned_accounts: [5.5]\n",
        ["c.conf:1:27: error parsing resolver_pinned_accounts: unsupported type in array float64"],
    ),
    (
        "default_js_domain: 5\n",
        ["c.conf:1:0: error default_js_domain config: unsupported type int64"],
    ),
    ("ocsp_cache: 5\n", ["c.conf:1:0: error parsing tags: unsupported type int64"]),
    (
        "debug: 5, trace: x\n",
        [
            "c.conf:1:0: interface conversion: interface {} is int64, not bool",
            "c.conf:1:10: interface conversion: interface {} is string, not bool",
        ],
    ),
    (
        "foo { bar: 1 }, baz: 5, qux = 5, debug = $qux\n",
        [
            'c.conf:1:0: unknown field "foo"',
            'c.conf:1:16: unknown field "baz"',
            "c.conf:1:33: interface conversion: interface {} is int64, not bool",
        ],
    ),
    (
        'include "nosuch.conf"\n',
        ["error parsing include file 'nosuch.conf', open nosuch.conf: no such file or directory"],
    ),
    ("a = $NOSUCH\n", ["variable reference for 'NOSUCH' on line 1 can not be found"]),
    (
        "tls { verify_and_map: true, verify_cert_and_check_known_urls: true }\n",
        ["c.conf:1:28: verify_cert_and_check_known_urls not supported in this context"],
    ),
    (
        "tls { connection_rate_limit: x }\n",
        ["c.conf:1:6: error parsing tls config, 'connection_rate_limit' wrong type"],
    ),
    (
        "tls { ocsp_peer: 5 }\n",
        ["c.conf:1:6: error parsing ocsp peer config: unsupported type map[string]interface {}"],
    ),
    ("tls { cert_store: foo }\n", ["c.conf:1:6: cert store type not implemented"]),
    (
        "tls { cert_match: 5 }\n",
        ["c.conf:1:6: expected 'cert_match' to be a valid non-empty string"],
    ),
    (
        "http_base_path: 5\n",
        ["c.conf:1:0: interface conversion: interface {} is int64, not string"],
    ),
    (
        'lame_duck_grace_period: "-5s"\n',
        ["c.conf:1:0: invalid lame_duck_grace_period, needs to be positive"],
    ),
    (
        "lame_duck_duration: x\n",
        ['c.conf:1:0: error parsing lame_duck_duration: time: invalid duration "x"'],
    ),
    ("max_control_line: 99999999999\n", ["c.conf:1:0: max_control_line value is too big"]),
    ('listen: "a:b:c"\n', ['c.conf:1:0: could not parse address string "a:b:c"']),
    ('listen: "::1"\n', ['c.conf:1:0: could not parse address string "::1"']),
    ("websocket { listen: x }\n", ['c.conf:1:12: could not parse address string "x"']),
    (
        'websocket { listen: "localhost:9", no_tls: true, compression: true, authorization { user: a, foo: 5, timeout: true } }\n',
        ['c.conf:1:93: unknown field "foo"'],
    ),
    ("foo\n", ["config is invalid (c.conf:2:1)"]),
    ("foo = \n", ["Parse error on line 2: 'Expected value but found new line'"]),
    ("= 5\n", ["Parse error on line 1: 'Unexpected key separator '=''"]),
    (
        "a { b\n",
        [
            "Parse error on line 2: 'Expected a map value terminator \",\" or a map terminator \"}\", but got '\0' instead.'"
        ],
    ),
    (
        "a [ 1 2 ]\n",
        [
            "Parse error on line 1: 'Expected an array value terminator \",\" or an array terminator \"]\", but got '2' instead.'"
        ],
    ),
    ("a [ b, , c ]\n", ["Parse error on line 1: 'Unexpected array value terminator ','.'"]),
    ("a { : 5 }\n", ["Parse error on line 1: 'Unexpected key separator ':'.'"]),
    ("a { ] }\n", ["Parse error on line 1: 'Unexpected array end ']' processing map.'"]),
    ("a { b = , }\n", ["Parse error on line 1: 'Unexpected map value terminator \",\".'"]),
    ('a = "x\n', ["Parse error on line 2: 'Unexpected EOF.'"]),
    ("a = 'x\n", ["Parse error on line 2: 'Unexpected EOF.'"]),
    (
        'a = "\\q"\n',
        [
            "Parse error on line 1: 'Invalid escape character 'q'. Only the following escape characters are allowed: \\xXX, \\t, \\n, \\r, \\\", \\\\.'"
        ],
    ),
    (
        'a = "\\xZZ"\n',
        ["Parse error on line 1: 'Expected two hexadecimal digits after '\\x', but got 'ZZ''"],
    ),
    ("a = (\nx\n", ["Parse error on line 3: 'Unexpected EOF processing block.'"]),
    ("a = .5\n", ["Parse error on line 1: 'Floats must start with a digit'"]),
    (
        "a = 5.x\n",
        ["Parse error on line 1: 'Floats must have a digit after the '.', but got 'x' instead.'"],
    ),
    ("a = -x\n", ["Parse error on line 1: 'Expected a digit but got 'x'.'"]),
    (
        "a = 2020-01-02\n",
        ["Parse error on line 2: 'Expected 'T' in ISO8601 datetime, but found '\\n' instead.'"],
    ),
    (
        "a = 2020-13-02T03:04:05Z\n",
        ["expected Zulu formatted DateTime, but got '2020-13-02T03:04:05Z'"],
    ),
    ("a = 99999999999999999999\n", ["integer '99999999999999999999' is out of the range"]),
    (
        "include [a]\n",
        ["Parse error on line 1: 'Expected include value but found start of an array'"],
    ),
    (
        "include 5\n",
        ["Parse error on line 1: 'Expected include value but found start of a number'"],
    ),
    ('include "x\n', ["Parse error on line 2: 'Unexpected EOF in double quoted include'"]),
    (
        "port = 4222 trailing\n",
        [
            "Parse error on line 1: 'Expected a top-level value to end with a new line, comment or EOF, but got 't' instead.'"
        ],
    ),
    (
        "{ port = 4222 trailing }\n",
        [
            "Parse error on line 1: 'Expected a block-level value to end with a new line, comment or EOF, but got 't' instead.'"
        ],
    ),
    (
        "port: 4222 / debug: true\n",
        [
            "Parse error on line 1: 'Expected a top-level value to end with a new line, comment or EOF, but got 'd' instead.'"
        ],
    ),
    ("/\n", ["Parse error on line 1: 'Unexpected EOF.'"]),
    ("# only a comment\n", ["c.conf: config has no values or is empty"]),
    ("port = $A\nA = 4222\n", ["variable reference for 'A' on line 1 can not be found"]),
    (
        "A = 1, x { A = 4222, y { z = $A } }\n",
        ['c.conf:1:0: unknown field "A"', 'c.conf:1:7: unknown field "x"'],
    ),
    ("A = $A\n", ["variable reference for 'A' on line 1 can not be found"]),
    (
        'authorization { A = "$2a$11$abc", user: x, pass: $2a$11$kjpmCXz4yA8gZcPqn2bbyuFsYmPBmmZoiKmRpAXTuPczpFcz8jAqG }\n',
        ['c.conf:1:16: unknown field "A"'],
    ),
    ("max_payload = 1MBB\n", ["c.conf: config has no values or is empty"]),
    ("authorization{token: x}\n", ['c.conf:1:0: unknown field "authorization{token"']),
    (
        "lame_duck_duration = 1.5\n",
        ["c.conf:1:0: interface conversion: interface {} is float64, not string"],
    ),
    (
        "ping_interval = 2m\n",
        [
            'c.conf:1:0: invalid use of field "ping_interval": ping_interval should be converted to a duration'
        ],
    ),
    (
        'ping_interval = "2x"\n',
        ['c.conf:1:0: error parsing ping_interval: time: unknown unit "x" in duration "2x"'],
    ),
    (
        'ping_interval = ""\n',
        ['c.conf:1:0: error parsing ping_interval: time: invalid duration ""'],
    ),
    (
        'ping_interval = "5"\n',
        ['c.conf:1:0: error parsing ping_interval: time: missing unit in duration "5"'],
    ),
    (
        'write_deadline = "1h1"\n',
        ['c.conf:1:0: error parsing write_deadline: time: missing unit in duration "1h1"'],
    ),
    (
        "max_traced_msg_len = 1.5\n",
        ["c.conf:1:0: interface conversion: interface {} is float64, not int64"],
    ),
    (
        "server_tags = [a, true]\n",
        ["c.conf:1:0: error parsing tags: unsupported type *conf.token where string is expected"],
    ),
    (
        "server_metadata = { a = 1.5 }\n",
        ["c.conf:1:20: interface conversion: interface {} is float64, not string"],
    ),
    (
        'mappings { "a.*": "{{left(1)}}" }\n',
        [
            'c.conf:1:12: Error adding mapping for "a.*" to "{{left(1)}}" : invalid mapping destination: not enough arguments passed to the function in {{left(1)}}'
        ],
    ),
    (
        'mappings { "a.*": "{{right(1,2,3)}}" }\n',
        [
            'c.conf:1:12: Error adding mapping for "a.*" to "{{right(1,2,3)}}" : invalid mapping destination: too many arguments passed to the function in {{right(1,2,3)}}'
        ],
    ),
    (
        'mappings { a: "{{left(1,2)}}" }\n',
        [
            'c.conf:1:11: Error adding mapping for "a" to "{{left(1,2)}}" : invalid mapping destination: wildcard index out of range in {{left(1,2)}}'
        ],
    ),
    (
        'mappings { "a.*": "{{partition(3,2)}}" }\n',
        [
            'c.conf:1:12: Error adding mapping for "a.*" to "{{partition(3,2)}}" : invalid mapping destination: wildcard index out of range in {{partition(3,2)}}: [2]'
        ],
    ),
    (
        'mappings { "a.*": "b c" }\n',
        [
            'c.conf:1:12: Error adding mapping for "a.*" to "b c" : invalid mapping destination: invalid transform'
        ],
    ),
    (
        'mappings { "a.*": "{{split(1,- )}}" }\n',
        [
            'c.conf:1:12: Error adding mapping for "a.*" to "{{split(1,- )}}" : invalid mapping destination: function argument is invalid or in the wrong format in {{split(1,- )}}'
        ],
    ),
    (
        'mappings { "a.*": "{{random(1,2)}}" }\n',
        [
            'c.conf:1:12: Error adding mapping for "a.*" to "{{random(1,2)}}" : invalid mapping destination: not enough arguments passed to the function in {{random(1,2)}}'
        ],
    ),
    (
        'mappings { "a.*": "{{wildcard(1,2)}}" }\n',
        [
            'c.conf:1:12: Error adding mapping for "a.*" to "{{wildcard(1,2)}}" : invalid mapping destination: too many arguments passed to the function in {{wildcard(1,2)}}'
        ],
    ),
    (
        'mappings { "a.*": "{{wildcard()}}" }\n',
        [
            'c.conf:1:12: Error adding mapping for "a.*" to "{{wildcard()}}" : invalid mapping destination: not enough arguments passed to the function in {{wildcard()}}'
        ],
    ),
    (
        'accounts { A { exports = [{stream: "*"}] }, B { imports = [{stream: {account: A, subject: "*"}, to: "{{random(2)}}"}] } }\n',
        [
            'c.conf:1:0: Error adding stream import "*": failed to create mapping transform for stream import subject from "*" to "{{random(2)}}": invalid mapping destination: the only mapping function allowed for import transforms is {{Wildcard()}} in {{random(2)}}'
        ],
    ),
    (
        'accounts { A { exports = [{stream: "*.*"}] }, B { imports = [{stream: {account: A, subject: "*.*"}, to: "$1.$5"}] } }\n',
        [
            'c.conf:1:0: Error adding stream import "*.*": failed to create mapping transform for stream import subject from "*.*" to "$1.$5": invalid mapping destination: wildcard index out of range in $5: [5]'
        ],
    ),
    (
        'accounts { A { exports = [{stream: "*"}] }, B { imports = [{stream: {account: A, subject: "*"}, to: "{{}x}}"}] } }\n',
        [
            'c.conf:1:0: Error adding stream import "*": failed to create mapping transform for stream import subject from "*" to "{{}x}}": invalid mapping destination: unknown function in {{}x}}'
        ],
    ),
    (
        'accounts { A { exports = [{service: "*"}] }, B { imports = [{service: {account: A, subject: "*"}, to: "{{foo(1)}}"}] } }\n',
        [
            'c.conf:1:0: Error adding service import "*": failed to create mapping transform for service import subject from "{{foo(1)}}" to "*": invalid mapping destination: unknown function in {{foo(1)}}'
        ],
    ),
    (
        'accounts { A { exports = [{service: "*"}] }, B { imports = [{service: {account: A, subject: "*"}, to: "{{}x}}"}] } }\n',
        [
            'c.conf:1:0: Error adding service import "*": failed to create mapping transform for service import subject from "{{}x}}" to "*": invalid mapping destination: unknown function in {{}x}}'
        ],
    ),
    (
        'accounts { A { exports = [{service: "*"}] }, B { imports = [{service: {account: A, subject: "*"}, to: "{{ wildcard(1) }}"}] } }\n',
        ['c.conf:1:0: Error adding service import "*": sublist: invalid subject'],
    ),
]

ACCEPTED: list[tuple[str, str]] = [
    ("resolver: MEM\n", "sha256:3388347cc56461f70d38c0fd138de57362a64b7d289c7c85b0f5dfa90ede9035"),
    (
        "resolver: {type: mem}\n",
        "sha256:f038402a33cef7b4dbe5daf4c83fe698b8fec701837922bacaea110ab0abe783",
    ),
    (
        "accounts { A: {exports: [{}]} }\n",
        "sha256:5a3d5fccb51be2edd4a25bdba157f306cad5617a595a6da58fda340cbdb9d337",
    ),
    (
        'accounts { A: {imports: [{service: {account: B, subject: "x.y"}, to: "y"}]}, B: {exports: [{service: "x.*", accounts: [A]}]} }\n',
        "sha256:ccfadf273583a9d9894a8b3031c88ab99fd345fc82bc80e1d544f4920e89e86e",
    ),
    (
        "http: 8222, https: 8223\n",
        "sha256:5a8de8a72e532b36b4778987bcf5ea7c944af7bd4d157c9bbd7aa9b4626be981",
    ),
    (
        "no_system_account: true, system_account: A, accounts { A {} }\n",
        "sha256:1d41c8dcd5fbd81b4dfbe995e0e28097270447a3837bdf1466e7b2eb79ad5283",
    ),
    (
        "cluster { name: a }\n",
        "sha256:6c260dd44f0808c1fff8001c2666a7a7df6a90a2b24338df5ccb57d404c18029",
    ),
    (
        "default_sentinel: x\n",
        "sha256:c8ab3dac481bedb099c53ef6fe784f539e5ef386c613dcb75fbecc3cb4da03de",
    ),
    ("tls {}\n", "sha256:95df13b78f4693a772a4f71682e038eaa354156e9748518c69c325de14b71b90"),
    (
        "jetstream { enabled: false }\n",
        "sha256:12151a2d71d94c0bd7f1edf51927f3ce2d2dff6a66ee82c20759cdfbc1c4cd95",
    ),
    (
        "authorization { users: [{user: a, permissions: {publish: {allow: []}, allow_responses: true}}] }\n",
        "sha256:74b1ace79be42deccdc7f06b60dac0b48d4a3b7707ee6c3509d930b267115da1",
    ),
    (
        "accounts { A: {imports: [{service: {account: A, subject: x}, to: y}], exports: [{service: x}] }}\n",
        "sha256:a5517535ced786b0e55acf7ec762a244d3600cdb14fa8f6165e1f429761096db",
    ),
    (
        "tls { ca_certs_match: 5 }\n",
        "sha256:120ea6d6cd520729f3562dc2a88d6986300eb8327de39e7bc99c83083461f894",
    ),
    (
        "tls { insecure: true, allow_insecure_cipher_suites: true, cipher_suites: [TLS_RSA_WITH_RC4_128_SHA] }\n",
        "sha256:35173edffc4395fa876ce78b9ac3dab0e1d5fffa466929787a74239ae438e795",
    ),
    (
        'listen: "[::1]:5"\n',
        "sha256:979a60820fab492ba08b4893cfb02440df7c75c4a9621faf31a6dfb1b034e55b",
    ),
    (
        'websocket { authorization { timeout: "5s" } }\n',
        "sha256:ee2f3b28694b4a7f6556277268ebf33bd44f3e582e99861409195e72c1bcc75f",
    ),
    (
        '{ listen: "127.0.0.1:4222", "debug": true }\n',
        "sha256:6c85fa7df7b240f94fff176f103d9be697a6eece6257035db10a90f7760f9380",
    ),
    (
        '{\n  "port": 4222,\n  "logfile": "a\\tb",\n}\n',
        "sha256:fa31636cc3e18fce452642478875e6c30044173fcc448929479454e87950dae9",
    ),
    (
        "{ { port: 4222 } }\n",
        "sha256:797533ebd0dfba7d34a0f9337ecf147e442871f48ddfd07ed751575a5737267e",
    ),
    ("port: 4222 }\n", "sha256:797533ebd0dfba7d34a0f9337ecf147e442871f48ddfd07ed751575a5737267e"),
    ("port: 4222 }}\n", "sha256:797533ebd0dfba7d34a0f9337ecf147e442871f48ddfd07ed751575a5737267e"),
    (
        "debug = yes; trace = OFF, logtime = on\n",
        "sha256:0589b0a4c3c290650e27b50c4dfec3386f9831e5134c8ee331cc8d939174a9bd",
    ),
    (
        "port 4222\nhost 127.0.0.1\n",
        "sha256:00c08c20cbad87a99fd56cc764a3dcd71ecc9c6c5a71ee2f0461fab0f72e8600",
    ),
    (
        "A = 4222\nport = $A\n",
        "sha256:b9494fdc4d9e266efe26e4d5a4b6fc092379950c5e34fae2a415d3a5e093481f",
    ),
    (
        "pid_file = (\n  a\n)\ndebug = false\n",
        "sha256:27ce92d7a8b2114d600d148490b9d710e96d987a804eea99eafa67e10c31441c",
    ),
    (
        "logfile = a\\x41\\tb\n",
        "sha256:576c6fcb668c6631b6ad80b72e1ebb924f703c9879fd08cdc19aebacfb3f0a4a",
    ),
    (
        "max_payload = 1mb, max_pending = 64MiB, max_control_line = 4k\n",
        "sha256:064b15a8a9875b4d4c70b1201f0ccc1815cc366255484b9ee7fc0666b640988c",
    ),
    (
        "listen = 127.0.0.1:4222\n",
        "sha256:bfa037b94ac399931a51e64559d5b8b099a1777b0832b8f5c14fee855e33b59c",
    ),
    (
        "listen = localhost:4222\n",
        "sha256:b4b7bb1de1f64c18ab8d604abad683cb44f705090f4e3fe5580cc1f454060fec",
    ),
    (
        'listen = "[::1]:4222"\n',
        "sha256:e5815a096f70748e883e6d6737633662522a91b74df766801de830deba1b3ae3",
    ),
    ("listen = :4222\n", "sha256:cd7e2f4b6947df434be8be6a4681f23acf46800889fda891e7ed3d62f63fb261"),
    (
        'server_name = é, logfile = "a<b>&é", pid_file = "\\xff"\n',
        "sha256:1dfb8b05f122a11b1c73a30edc26ab8e092d7dcfc94686e36fdbfe3726decfe5",
    ),
    (
        '"port" : 4222, \'host\' = "x"\n',
        "sha256:4e31f80dd34c230ec8681415e9e9babe1b3878b189bd7e19ddae5c8d5250dfa9",
    ),
    (
        "port = 4222\nport = 4223\n",
        "sha256:7449cc5fbb986e8b76590f56e7ce89b5bf692007a0a0eb2849103d2cc91fabad",
    ),
    (
        'lame_duck_duration = "1.5h", lame_duck_grace_period = "1h0.5m"\n',
        "sha256:5f72116804143eee5da6c1d439d365177ab4acd29126dfbc8e8e54d7c8c0dade",
    ),
    (
        "resolver = MEMORY\n",
        "sha256:7cb84b018ba544332663371420c3c4db16652570c58b5b44577721b45c64d777",
    ),
    (
        "cluster { name: C1 }\n",
        "sha256:7a47f7ff4bc0248db6fa92fa89fc05c524aaea807e327b090a1396ee069538fb",
    ),
    (
        "jetstream = disabled\n",
        "sha256:0484c6fd1943a8f5dbfece6248a06e42e64614b601620fd319ffcde68a55e86f",
    ),
    ("gateway {}\n", "sha256:1badb3505ead87eb4e241020f4f29c80b6059a68e18234f153ce1329e8b8633d"),
    ("leafnodes {}\n", "sha256:5733d8e2ce53cf375f3c63612f422f717ed084d06faf74a447802fd4e90b9c4a"),
    ("mqtt {}\n", "sha256:36186cb73562e0cf8f5221cd94ae006a110f3acf6a8a4908a07b3685493b0b38"),
    (
        'accounts { A { users = [ {user: a, password: b, permissions { publish = foo, subscribe = ["bar q1", ">"], allow_responses = { max = 5, expires = "1m" } } } ] } }\n',
        "sha256:90c767fdd058cccf5f44b11ae8ad6bdd7f24475886f0cefedb681d3845d2c29d",
    ),
    (
        'mappings { "a.*": "{{left(1,2)}}" }\n',
        "sha256:41d56933fc5dce97fed8849f2918242165c72d5f49022bd3c406d56d8b7d1103",
    ),
    (
        'mappings { a: "{{partition(3,1)}}" }\n',
        "sha256:f20e65e8eeb7eae6474affc835b74fd7f3223e11fa6ba7787b9f26e982fe687e",
    ),
    (
        'mappings { "a.*": "b.{{ wildcard( 1 ) }}" }\n',
        "sha256:8f8e14661208f1fd15c0715c162f045e8909735ffc3d9098e6fa68997d6592ae",
    ),
    (
        'mappings { "a.*": "{{wildcard(1)}}x}}" }\n',
        "sha256:e4a15753c1f7416dbe29c23fcb3ee6c8b851e6561f709532750d114910c16321",
    ),
    (
        'accounts { A { exports = [{stream: "*"}] }, B { imports = [{stream: {account: A, subject: "*"}, to: "b c.$1"}] } }\n',
        "sha256:1cc532ebeae94f1ed5124dd03cf0868578b123f033004bc6c90963c4e37113f8",
    ),
    (
        'accounts { A { exports = [{stream: "*"}] }, B { imports = [{stream: {account: A, subject: "*"}, to: "{{ wildcard(1) }}"}] } }\n',
        "sha256:00157c5349968ea2627f07afaa249ae9803f99999a38906bd8e683f4f0fe9ba6",
    ),
    (
        'accounts { A { exports = [{stream: "*"}] }, B { imports = [{stream: {account: A, subject: "*"}, to: "{{wildcard(1)}}x}}"}] } }\n',
        "sha256:8e7d848ebee53012cf5636608feaa2a35df9119179b8738c74ec06320021c4b2",
    ),
    (
        'accounts { A { exports = [{stream: "*"}] }, B { imports = [{stream: {account: A, subject: "*"}, to: "$0"}] } }\n',
        "sha256:5332e2ac1448e85b01d682fa4a680a8051ff5b0ae8c7b5af54b415e2abe57792",
    ),
    (
        'accounts { A { exports = [{service: "*"}] }, B { imports = [{service: {account: A, subject: "*"}, to: "{{wildcard(1)}}x}}"}] } }\n',
        "sha256:fa9e84e9a8d7cf84ef13d6a3971555b1625cc6cedf596b5ad100e07d9e3c6e7d",
    ),
]
