#include "textflag.h"

// func addOuter(to, by, row *float64, rows, stride, n int)
TEXT ·addOuter(SB), NOSPLIT, $0-48
	MOVQ to+0(FP), DI
	MOVQ by+8(FP), BX
	MOVQ row+16(FP), SI
	MOVQ rows+24(FP), CX
	MOVQ stride+32(FP), R8
	MOVQ n+40(FP), R9
	SHLQ $6, R9 // bytes
one:
	VBROADCASTSD (BX), Y0
	XORQ AX, AX
eight:
	VMOVUPD (DI)(AX*1), Y1
	VMOVUPD 32(DI)(AX*1), Y2
	VFMADD231PD (SI)(AX*1), Y0, Y1
	VFMADD231PD 32(SI)(AX*1), Y0, Y2
	VMOVUPD Y1, (DI)(AX*1)
	VMOVUPD Y2, 32(DI)(AX*1)
	ADDQ $64, AX
	CMPQ AX, R9
	JLT  eight
	ADDQ R8, DI
	ADDQ $8, BX
	DECQ CX
	JNZ  one
	VZEROUPPER
	RET

// func crossing(r, rho, x *float64, end, least float64, marks *uint8, n int)
//
// Y2 and Y6 have -rho x, Y0 and Y4 r x.
TEXT ·crossing(SB), NOSPLIT, $0-56
	MOVQ r+0(FP), SI
	MOVQ rho+8(FP), DX
	MOVQ x+16(FP), R8
	VBROADCASTSD end+24(FP), Y13
	VBROADCASTSD least+32(FP), Y14
	MOVQ marks+40(FP), DI
	MOVQ n+48(FP), CX
	VPCMPEQD Y15, Y15, Y15
	VPSLLQ $63, Y15, Y15 // the signs
	XORQ AX, AX
eight:
	VMOVUPD (R8)(AX*1), Y1
	VMOVUPD 32(R8)(AX*1), Y5
	VMULPD  (SI)(AX*1), Y1, Y0
	VMULPD  32(SI)(AX*1), Y5, Y4
	VMULPD  (DX)(AX*1), Y1, Y2
	VMULPD  32(DX)(AX*1), Y5, Y6
	VXORPD  Y15, Y2, Y2
	VXORPD  Y15, Y6, Y6
	VMULPD  Y13, Y2, Y3
	VMULPD  Y13, Y6, Y7
	VCMPPD  $0x11, Y3, Y0, Y0 // less
	VCMPPD  $0x11, Y7, Y4, Y4
	VCMPPD  $0x1e, Y14, Y2, Y2 // greater
	VCMPPD  $0x1e, Y14, Y6, Y6
	VANDPD  Y2, Y0, Y0
	VANDPD  Y6, Y4, Y4
	VMOVMSKPD Y0, R9
	VMOVMSKPD Y4, R10
	SHLQ $4, R10
	ORQ  R10, R9
	MOVB R9, (DI)
	ADDQ $64, AX
	INCQ DI
	DECQ CX
	JNZ  eight
	VZEROUPPER
	RET
