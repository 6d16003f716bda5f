// A page is its top node; a node is
//   leaf   0, version (4 bytes), length of the key (2) and of the value (4), key, value
//   inner  1, version (4), left child, right child; then, unless the right child's smallest entry lies in the
//          page, the length (2) and the bytes of that entry's key
//   ref    2, height (1), size (4), hash (32), and in the store itself version (4) and nonce (4) of its page
// Sizes, heights and hashes of a page's own nodes follow from the rest. All numbers are big-endian.
export const LEAF = 0;
export const INNER = 1;
export const REF = 2;
export const HASH_BYTES = 32;
export const LEAF_HEAD_BYTES = 11;
export const INNER_HEAD_BYTES = 5;
export const REF_BYTES = 38;
export const PLACE_BYTES = 8;
