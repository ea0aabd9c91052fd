#include "textflag.h"

// func steps(col, val, lo, hi *float64, dir, least float64, n int, out *float64) float64
//
// Y0 has how fast four values move, Y10 the least steps, Y11 dir, Y12 infinities, Y13
// least, Y15 a mask that takes signs away.
TEXT ·steps(SB), NOSPLIT, $0-72
	MOVQ col+0(FP), SI
	MOVQ val+8(FP), DX
	MOVQ lo+16(FP), R8
	MOVQ hi+24(FP), R9
	VBROADCASTSD dir+32(FP), Y11
	VBROADCASTSD least+40(FP), Y13
	MOVQ n+48(FP), CX
	MOVQ out+56(FP), DI
	VPCMPEQD Y15, Y15, Y15
	VPSRLQ $1, Y15, Y15
	MOVQ $0x7FF0000000000000, AX
	MOVQ AX, X12
	VBROADCASTSD X12, Y12
	VMOVAPD Y12, Y10
	VXORPD Y9, Y9, Y9
	XORQ AX, AX
four:
	VMULPD  (SI)(AX*1), Y11, Y0
	VMOVUPD (DX)(AX*1), Y1
	VMOVUPD (R9)(AX*1), Y2
	VSUBPD  Y1, Y2, Y2          // room above
	VSUBPD  (R8)(AX*1), Y1, Y3  // and below
	VBLENDVPD Y0, Y3, Y2, Y4
	VMAXPD  Y9, Y4, Y4
	VANDPD  Y15, Y0, Y0
	VDIVPD  Y0, Y4, Y4
	VCMPPD  $0x1E, Y13, Y0, Y5  // faster than least
	VBLENDVPD Y5, Y4, Y12, Y4
	VMOVUPD Y4, (DI)(AX*1)
	VMINPD  Y4, Y10, Y10
	ADDQ $32, AX
	DECQ CX
	JNZ  four
	VEXTRACTF128 $1, Y10, X1
	VMINPD X1, X10, X0
	VPERMILPD $1, X0, X1
	VMINPD X1, X0, X0
	VMOVSD X0, ret+64(FP)
	VZEROUPPER
	RET

// func most(x, by *float64, n int) float64
TEXT ·most(SB), NOSPLIT, $0-32
	MOVQ x+0(FP), SI
	MOVQ by+8(FP), DX
	MOVQ n+16(FP), CX
	MOVQ $0xFFF0000000000000, AX
	MOVQ AX, X0
	VBROADCASTSD X0, Y0
	XORQ AX, AX
quad:
	VMOVUPD (SI)(AX*1), Y1
	VMULPD  (DX)(AX*1), Y1, Y1
	VMAXPD  Y1, Y0, Y0
	ADDQ $32, AX
	DECQ CX
	JNZ  quad
	VEXTRACTF128 $1, Y0, X1
	VMAXPD X1, X0, X0
	VPERMILPD $1, X0, X1
	VMAXPD X1, X0, X0
	VMOVSD X0, ret+24(FP)
	VZEROUPPER
	RET
